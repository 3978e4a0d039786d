// What becomes of an uploaded picture.
#include "src/host/mail/logo_image.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include "src/host/mail/pixels.hpp"
#include "tests/unit/host/mail/pictures.hpp"

namespace host::mail::test {
namespace {

std::string refusal(std::string_view bytes) {
  const auto logo = logo_of_upload(bytes, false);
  return logo ? "accepted" : logo.error().message;
}

TEST(Logo, ThreeFormatsAreReadAndWrittenAsPng) {  // I-42
  for (const std::string& bytes :
       {png_of(40, 20), jpeg_of(40, 20), jpeg_of(40, 20, true), webp_of(40, 20)}) {
    const auto logo = logo_of_upload(bytes, false);
    ASSERT_TRUE(logo) << logo.error().message;
    EXPECT_TRUE(logo->png.starts_with("\x89PNG"));
    EXPECT_NE(logo->png, bytes);
    EXPECT_EQ(logo->width, 40);
    EXPECT_EQ(logo->height, 20);
  }
}

TEST(Logo, OtherFormatsAreRefused) {  // I-42
  for (const std::string& bytes :
       {std::string(), std::string("GIF89a"),
        std::string("<svg xmlns='http://www.w3.org/2000/svg'/>"), animated_webp(),
        cmyk_jpeg_of(40, 20), std::string("RIFFxxxxWAVE")})
    EXPECT_EQ(refusal(bytes), "logo.error.kind") << bytes.substr(0, 8);
}

TEST(Logo, SizesAreCheckedBeforeAnythingIsDecoded) {  // I-42
  EXPECT_EQ(refusal(std::string(kMaxUpload + 1, 'x')), "logo.error.size");
  for (const std::string& bytes :
       {png_claiming(60'000, 60'000), png_claiming(4'000, 4'000), png_claiming(1'025, 16),
        png_of(15, 40), jpeg_of(1'025, 16), webp_of(40, 15)})
    EXPECT_EQ(refusal(bytes), "logo.error.pixels");
  EXPECT_EQ(refusal(png_of(1'024, 16)), "accepted");
}

TEST(Logo, AFileThatWasCutIsDamaged) {  // I-42
  for (const std::string& bytes : {png_of(400, 200), jpeg_of(400, 200), webp_of(400, 200)})
    EXPECT_EQ(refusal(std::string_view(bytes).substr(0, bytes.size() - bytes.size() / 3)),
              "logo.error.damaged");
}

// libpng takes the memory that a chunk claims: 1.5 GB here.
TEST(Logo, AChunkThatIsLongerThanTheFileTakesNoMemory) {  // I-42
  const auto most_kilobytes = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  EXPECT_EQ(refusal(png_with_chunk("tEXt", "Title", 5)), "accepted");
  const long before = most_kilobytes();
  EXPECT_EQ(refusal(png_with_chunk("tEXt", "Title", 0x5c00000d)), "logo.error.damaged");
  EXPECT_LT(most_kilobytes() - before, 20'000);
}

TEST(Logo, ItFitsTheBoxAndIsNeverEnlarged) {
  const auto wide = logo_of_upload(png_of(1'024, 100), false);
  ASSERT_TRUE(wide);
  EXPECT_EQ(wide->width, 480);
  EXPECT_EQ(wide->height, 47);
  const auto high = logo_of_upload(png_of(100, 1'000), false);
  ASSERT_TRUE(high);
  EXPECT_EQ(high->height, 160);
  EXPECT_EQ(high->width, 16);
}

TEST(Logo, NoiseIsMadeSmallerUntilItFitsOrRefused) {
  const auto noisy = logo_of_upload(noisy_png_of(240, 160), false);
  ASSERT_TRUE(noisy) << noisy.error().message;
  EXPECT_LE(noisy->png.size(), 64u * 1024);
  EXPECT_LT(noisy->height, 160);
}

TEST(Logo, TransparencyIsFlattenedUnlessItIsToStay) {
  const auto flat = logo_of_upload(png_of(40, 20, 0), false);
  ASSERT_TRUE(flat);
  EXPECT_EQ(flat->width, 56) << "with a margin";
  const Decoded pixels = decode(flat->png);
  ASSERT_FALSE(pixels.fault);
  EXPECT_FALSE(pixels.pixels.is_transparent());
  EXPECT_EQ(pixels.pixels.rgba[0], 255) << "white";
  const auto clear = logo_of_upload(png_of(40, 20, 0), true);
  ASSERT_TRUE(clear);
  EXPECT_TRUE(decode(clear->png).pixels.is_transparent());
}

TEST(Logo, ColoursSurvive) {
  const auto logo = logo_of_upload(png_of(960, 320), false);
  ASSERT_TRUE(logo);
  const Decoded decoded = decode(logo->png);
  ASSERT_FALSE(decoded.fault);
  const auto& rgba = decoded.pixels.rgba;
  for (std::size_t i = 0; i < rgba.size(); i += 4) {
    ASSERT_EQ(rgba[i], 200);
    ASSERT_EQ(rgba[i + 1], 30);
    ASSERT_EQ(rgba[i + 2], 60);
  }
}

}  // namespace
}  // namespace host::mail::test
