// Texts that would do harm, made by a grammar from random numbers: tags with attributes, styles,
// addresses, entities, template syntax, letters that turn the direction or are not seen, and words
// without an end. What runs sets `globalThis.pwned`; what loads asks evil.example.

const RUN = 'globalThis.pwned=1';

// Letters that change the order of those around them, and their ends.
export const BIDI = '\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c';
// Letters without a width.
export const INVISIBLE = '\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\ufe0f\u{e0041}\u2063';

const TAGS =
  'a abbr article audio base body br button canvas details dialog div embed form frameset h1 ' +
  'head iframe img input link main map marquee math meta object option p picture script ' +
  'select slot source span style svg table template textarea title tr video xmp x-y';
const HANDLERS =
  'onerror onload onfocus onmouseover onclick ontoggle onanimationstart onbegin onpointerenter ' +
  'onbeforetoggle onscroll oncut';
const ADDRESSED = 'src href xlink:href action formaction data poster srcset srcdoc';
const PARTNERS = 'title textarea script style noscript xmp iframe option select svg math template';
const ENTITIES = [
  ...['&lt;', '&#60;', '&#x3c;', '&#0000060;', '&LT', '&amp;lt;', '&bsol;u003c', '\\u003c'],
  ...['\\x3c', '%3C', '%253C', '&#38;#60;', '&nbsp', '&NewLine;', '&Tab;', '&colon;', '&zwnj;'],
];

const words = (list) => list.split(' ');

/** `random`: a Random. Every call of `text` or `fileName` answers another one. */
export class HostileGrammar {
  constructor(random) {
    this.random = random;
  }

  #one(...makers) {
    return this.random.pick(makers)();
  }
  #some(low, high, make) {
    return Array.from({ length: this.random.integer(low, high) }, make).join('');
  }
  #letters = (from, low, high) => this.#some(low, high, () => this.random.pick([...from]));
  /** Capitals here and there, by which a list of forbidden words is passed. */
  #cased = (text) => [...text].map((c) => (this.random.chance(0.2) ? c.toUpperCase() : c)).join('');

  #address = () =>
    this.#one(
      () => `${this.#cased('javascript')}:${RUN}`,
      () => `java${this.random.pick(['\t', '&#9;', '&Tab;', '%09', '\u00ad'])}script:${RUN}`,
      () => `javascript:/*--></title></style></textarea></script><svg onload=${RUN}>*/`,
      () => `${this.#cased('data')}:text/html,<script>parent.pwned=1</script>`,
      () => `data:text/html;base64,PHNjcmlwdD5wYXJlbnQucHduZWQ9MTwvc2NyaXB0Pg==`,
      () => `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='${RUN}'/>`,
      () => `//evil.example/${this.random.integer(0, 99)}`,
      () => `http:\\\\evil.example`,
      () => `https://crm.example@evil.example/`,
      () => `${this.#cased('vbscript')}:msgbox`,
      () => `blob:${RUN}`,
    );

  #style = () =>
    this.#one(
      () => 'position:fixed;inset:0;z-index:99999;background:red',
      () => 'background:url(//evil.example/c)',
      () => `width:expression(${RUN})`,
      () => '}*{display:none!important}',
      () => '@import "//evil.example/c.css";',
      () => 'font-size:9999px;direction:rtl;unicode-bidi:bidi-override',
      () => `-moz-binding:url(${this.#address()})`,
    );

  #attribute = () => {
    const quote = this.random.pick(['"', "'", '', '`']);
    return this.#one(
      () => `${this.#cased(this.random.pick(words(HANDLERS)))}=${quote}${RUN}${quote}`,
      () => `style=${quote}${this.#style()}${quote}`,
      () => `${this.random.pick(words(ADDRESSED))}=${quote}${this.#address()}${quote}`,
      () => this.random.pick(['autofocus', 'open', 'tabindex=1', 'contenteditable', 'popover']),
      () => `id=${quote}${this.random.pick(['app', 'root', 'body', '__proto__'])}${quote}`,
    );
  };

  // One that runs by itself, if a page makes it.
  #running = () =>
    this.#one(
      () => `<${this.#cased('img')} src=x ${this.#cased('onerror')}=${RUN}>`,
      () => `<${this.#cased('svg')}/${this.#cased('onload')}=${RUN}>`,
      () => `<${this.#cased('iframe')} srcdoc="<script>parent.pwned=1</script>">`,
    );

  #element = () => {
    if (this.random.chance(0.15)) return this.#running();
    const tag = this.#cased(this.random.pick(words(TAGS)));
    const between = this.random.pick([' ', '/', '\t', ' / ', '\u00a0']);
    const attributes = this.#some(0, 3, () => between + this.#attribute());
    const content = this.random.chance(0.4) ? this.#part() : '';
    const end = this.random.pick(['>', '/>', ' >', '', '>>']);
    return `<${tag}${attributes}${end}${content}${this.random.chance(0.5) ? `</${tag}>` : ''}`;
  };

  #template = () => {
    const [from, to] = this.random.pick([
      ...[
        ['{{', '}}'],
        ['${', '}'],
        ['<%=', '%>'],
        ['#{', '}'],
        ['[[', ']]'],
        ['{%', '%}'],
      ],
      ...[
        ['{', '}'],
        ['__', '__'],
        ['*{', '}'],
        ['$(', ')'],
        ['`', '`'],
      ],
    ]);
    const inside = this.random.pick([
      ...[RUN, 'constructor.constructor("globalThis.pwned=1")()', 'count', 'name', '7*7'],
      ...['__proto__', 'toString', 'x|safe'],
    ]);
    return from + inside + to;
  };

  // The end of what the text may stand in, then an element.
  #breakout = () =>
    this.#one(
      () => `</${this.random.pick(words(PARTNERS))}>`,
      () => this.random.pick(['">', "'>", '-->', ']]>', '\\">', '*/', '`;', '";', '%>']),
      () => `" ${this.#attribute()} x="`,
    ) + this.#element();

  #turned = () => `${this.#letters(BIDI, 1, 3)}txt.exe ${this.#letters(BIDI, 0, 2)}`;
  #unseen = () => `Rech${this.#letters(INVISIBLE, 1, 6)}nung`;
  #endless = () =>
    this.#one(
      () => 'W'.repeat(this.random.integer(200, 400)),
      () => `Z${'\u0300\u0316\u0488'.repeat(this.random.integer(5, 30))}`,
      () => '\ufdfd'.repeat(this.random.integer(2, 20)),
      () => '\u{1f469}\u200d'.repeat(this.random.integer(3, 20)),
      () => 'שלום'.repeat(this.random.integer(10, 60)),
      () => '\u00a0'.repeat(this.random.integer(50, 150)) + '|',
    );

  #part = () =>
    this.#one(
      this.#element,
      this.#element,
      this.#breakout,
      this.#template,
      this.#address,
      () => this.#some(1, 4, () => this.random.pick(ENTITIES)) + this.random.pick(['script', 'b']),
      () => `<style>${this.#style()}</style>`,
      this.#turned,
      this.#unseen,
      this.#endless,
    );

  /** One line of at most `most` letters, with an end that makes it unlike any other. */
  text(most = 500) {
    this.count = (this.count ?? 0) + 1;
    const end = ` \u2116${this.count}.`;
    const letters = [...this.#some(1, 3, this.#part)].slice(0, most - end.length);
    return letters.join('').trim() + end;
  }

  /** The name of a file: without what no file system takes, ending in what opens it. */
  fileName() {
    const stem = this.#one(
      () => `Logo${this.random.pick(['\u202e', '\u2067', '\u202b'])}gnp.exe`,
      () => this.text(120),
      () => `..\\..\\${this.#unseen()}`,
      this.#endless,
    );
    return `${[...stem.replaceAll(/[/\0\n\r]/g, '_')].slice(0, 180).join('')}.png`;
  }
}
