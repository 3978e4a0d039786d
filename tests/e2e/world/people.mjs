// The people of the demo world: the firm's users, the leads and contacts of the CRM, and those who
// only appear as guests. All addresses end in ".example", which is reserved (RFC 2606).

export const FIRM = 'nordlicht-software.example';

export const USERS = [
  {
    email: `katharina.vogt@${FIRM}`,
    name: 'Katharina Vogt',
    password: 'Verwaltung-2026',
    role: 'admin',
    locale: 'de',
    time_zone: 'Europe/Berlin',
  },
  {
    email: `lena.hoffmann@${FIRM}`,
    name: 'Lena Hoffmann',
    password: 'Vertrieb-2026',
    role: 'sales',
    locale: '',
    time_zone: 'Europe/Berlin',
  },
  {
    email: `jonas.brandt@${FIRM}`,
    name: 'Jonas Brandt',
    password: 'Vertrieb-2026',
    role: 'sales',
    locale: 'de',
    time_zone: 'Europe/Berlin',
  },
  {
    email: `emma.clarke@${FIRM}`,
    name: 'Emma Clarke',
    password: 'Vertrieb-2026',
    role: 'sales',
    locale: 'en',
    time_zone: 'Europe/London',
  },
];
export const ADMINISTRATOR = USERS[0];
export const SALESPERSON = USERS[1];

export const GOOGLE_ACCOUNT = { email: 'lena.hoffmann@gmail.example', name: 'Lena Hoffmann' };
export const OTHER_GOOGLE_ACCOUNT = {
  email: 'familie.hoffmann@gmail.example',
  name: 'Familie Hoffmann',
};

// name | title | company | domain | zone; "de" in the last place: their appointments have German
// titles
const LEADS = `
Thorsten Müller|Einkaufsleiter|Müller Maschinenbau GmbH|mueller-maschinenbau|Europe/Berlin|de
Sabine Köhler|Geschäftsführerin|Köhler & Söhne Spedition|koehler-spedition|Europe/Berlin|de
Jürgen Weiß|Leiter IT|Weißbach Stadtwerke|weissbach-stadtwerke|Europe/Berlin|de
Heike Schäfer|Controlling|Schäfer Feinkost AG|schaefer-feinkost|Europe/Berlin|de
Björn Größmann|Inhaber|Größmann Tischlerei|groessmann-tischlerei|Europe/Berlin|de
Annegret Öztürk|Vertriebsleitung|Öztürk Textilhandel|oeztuerk-textil|Europe/Berlin|de
Matthias Lüders|Prokurist|Lüders Hafenlogistik|lueders-hafen|Europe/Berlin|de
Ulrike von Bülow|Vorstandsassistenz|Bülow Privatbank|buelow-bank|Europe/Berlin|de
Stefan Jäger|Werksleiter|Jäger Präzisionsteile|jaeger-praezision|Europe/Berlin|de
Claudia Hübner|Marketing|Hübner Reisen|huebner-reisen|Europe/Berlin|de
Rüdiger Groß|Technischer Leiter|Groß Solartechnik|gross-solar|Europe/Berlin|de
Melanie Böhm|Personalleitung|Böhm Pflegedienste|boehm-pflege|Europe/Berlin|de
Urs Zürcher|Leiter Beschaffung|Zürcher Uhrenwerke|zuercher-uhren|Europe/Zurich|de
Elisabeth Gruber|Geschäftsführerin|Gruber Alpenhotels|gruber-alpenhotels|Europe/Vienna|de
Friedrich Steininger|Einkauf|Steininger Mühlen|steininger-muehlen|Europe/Vienna|de
Oliver Grant|Head of Procurement|Grant & Hale Ltd|grant-hale|Europe/London|en
Siobhán O'Connor|Operations Manager|Connemara Dairy|connemara-dairy|Europe/Dublin|en
Marie-Claire Lefèvre|Directrice commerciale|Lefèvre Emballages|lefevre-emballages|Europe/Paris|en
Giulia Bianchi|Acquisti|Bianchi Ceramiche|bianchi-ceramiche|Europe/Rome|en
José Luis Fernández|Director de compras|Fernández Aceites|fernandez-aceites|Europe/Madrid|en
Łukasz Wiśniewski|Kierownik zakupów|Wiśniewski Meble|wisniewski-meble|Europe/Warsaw|en
Zuzana Dvořáková|Nákup|Dvořák Sklo|dvorak-sklo|Europe/Prague|en
Sven Lindström|Inköpschef|Lindström Trä AB|lindstrom-tra|Europe/Stockholm|en
Aino Virtanen|Purchasing|Virtanen Paperi Oy|virtanen-paperi|Europe/Helsinki|en
Mehmet Yılmaz|Satın alma|Yılmaz Otomotiv|yilmaz-otomotiv|Europe/Istanbul|en
Emily Carter|VP Operations|Carter Freight Inc.|carter-freight|America/New_York|en
Michael Rodriguez|CIO|Bay Robotics|bay-robotics|America/Los_Angeles|en
Ashley Nguyen|Buyer|Lone Star Outfitters|lonestar-outfitters|America/Chicago|en
Gabriela Souza|Compras|Souza Café|souza-cafe|America/Sao_Paulo|en
Liam Tremblay|Procurement|Tremblay Érable|tremblay-erable|America/Toronto|en
Kenji Tanaka|Purchasing Manager|Tanaka Seimitsu|tanaka-seimitsu|Asia/Tokyo|en
Priya Raman|Head of Sourcing|Raman Textiles|raman-textiles|Asia/Kolkata|en
Wei Zhang|Sourcing|Zhang Electronics|zhang-electronics|Asia/Shanghai|en
Nur Aisyah Rahman|Operations|Rahman Palm|rahman-palm|Asia/Singapore|en
Fatima Al-Sayed|Buyer|Al-Sayed Trading|alsayed-trading|Asia/Dubai|en
Thabo Nkosi|Procurement|Nkosi Mining Supply|nkosi-mining|Africa/Johannesburg|en
Charlotte Murray|Category Manager|Murray Wines|murray-wines|Australia/Sydney|en
Aroha Williams|Operations|Kowhai Wool|kowhai-wool|Pacific/Auckland|en
Dieter Krüger|Hausverwaltung|Krüger Immobilien|krueger-immobilien|Europe/Berlin|de
Sandra Vogel|Praxismanagement|Vogel Zahnmedizin|vogel-zahnmedizin|Europe/Berlin|de`;

const CONTACTS = `
Petra Schulz|Leiterin Einkauf|Hansa Verpackung GmbH|hansa-verpackung|Europe/Berlin|de
Andreas Fröhlich|Geschäftsführer|Hansa Verpackung GmbH|hansa-verpackung|Europe/Berlin|de
Kerstin Möller|Projektleitung|Möller Anlagenbau|moeller-anlagen|Europe/Berlin|de
Frank Böttcher|IT-Leiter|Möller Anlagenbau|moeller-anlagen|Europe/Berlin|de
Susanne Krämer|Kaufmännische Leitung|Krämer Druck|kraemer-druck|Europe/Berlin|de
Wolfgang Fuß|Inhaber|Fuß Sanitär|fuss-sanitaer|Europe/Berlin|de
Birgit Nußbaum|Einkauf|Nußbaum Naturkost|nussbaum-naturkost|Europe/Berlin|de
Lars Petersen|Reederei|Petersen Reederei|petersen-reederei|Europe/Berlin|de
Ingrid Hansen|Buchhaltung|Petersen Reederei|petersen-reederei|Europe/Berlin|de
Tobias Kühn|Vertrieb|Kühn Elektronik|kuehn-elektronik|Europe/Berlin|de
Nadine Döring|Marketing|Kühn Elektronik|kuehn-elektronik|Europe/Berlin|de
Markus Bär|Werkstattleitung|Bär Autohaus|baer-autohaus|Europe/Berlin|de
Simone Rößler|Geschäftsleitung|Rößler Optik|roessler-optik|Europe/Berlin|de
Christoph Schütz|Leiter Logistik|Schütz Baustoffe|schuetz-baustoffe|Europe/Berlin|de
Julia Walter|Einkauf|Schütz Baustoffe|schuetz-baustoffe|Europe/Berlin|de
Michael Lehmann|Geschäftsführer|Lehmann Elektro|lehmann-elektro|Europe/Berlin|de
Anja Zimmermann|Personal|Zimmermann Klinik|zimmermann-klinik|Europe/Berlin|de
Torben Claußen|Einkauf|Claußen Fischhandel|claussen-fisch|Europe/Berlin|de
Monika Huber|Assistenz|Huber Brauerei|huber-brauerei|Europe/Berlin|de
Alois Huber|Braumeister|Huber Brauerei|huber-brauerei|Europe/Berlin|de
Renate Pichler|Leitung|Pichler Weingut|pichler-weingut|Europe/Vienna|de
Maximilian Egger|Einkauf|Egger Seilbahnen|egger-seilbahnen|Europe/Vienna|de
Regula Ammann|Leiterin Einkauf|Ammann Käserei|ammann-kaeserei|Europe/Zurich|de
Beat Zbinden|IT|Ammann Käserei|ammann-kaeserei|Europe/Zurich|de
Yvonne Schröder|Vertriebsinnendienst|Schröder Werkzeuge|schroeder-werkzeuge|Europe/Berlin|de
Gerd Schröder|Inhaber|Schröder Werkzeuge|schroeder-werkzeuge|Europe/Berlin|de
Hannah Wright|Account Director|Wright Publishing|wright-publishing|Europe/London|en
James Fitzgerald|Finance|Wright Publishing|wright-publishing|Europe/London|en
Róisín Murphy|Head of IT|Murphy Seafood|murphy-seafood|Europe/Dublin|en
Ewan MacLeod|Distillery Manager|MacLeod Spirits|macleod-spirits|Europe/London|en
Élodie Moreau|Achats|Moreau Cosmétiques|moreau-cosmetiques|Europe/Paris|en
François Dubois|Directeur|Dubois Transports|dubois-transports|Europe/Paris|en
Marco Rossi|Responsabile IT|Rossi Motori|rossi-motori|Europe/Rome|en
Chiara De Luca|Vendite|Rossi Motori|rossi-motori|Europe/Rome|en
Carmen Núñez|Compras|Núñez Cítricos|nunez-citricos|Europe/Madrid|en
João Almeida|Diretor|Almeida Cortiça|almeida-cortica|Europe/Lisbon|en
Katarzyna Zielińska|IT|Zieliński Stal|zielinski-stal|Europe/Warsaw|en
Ondřej Novák|Ředitel|Novák Pivovar|novak-pivovar|Europe/Prague|en
Eszter Nagy|Beszerzés|Nagy Paprika|nagy-paprika|Europe/Budapest|en
Ingrid Østergaard|Indkøb|Østergaard Møbler|ostergaard-mobler|Europe/Copenhagen|en
Bjørn Haugen|Innkjøp|Haugen Laks|haugen-laks|Europe/Oslo|en
Anastasia Papadopoulou|Procurement|Papadopoulos Shipping|papadopoulos-shipping|Europe/Athens|en
Olena Shevchenko|IT|Shevchenko Agro|shevchenko-agro|Europe/Kyiv|en
David Kim|Director of Sales Ops|Harbor Analytics|harbor-analytics|America/New_York|en
Jessica Brown|Procurement|Harbor Analytics|harbor-analytics|America/New_York|en
Carlos Hernández|Gerente|Hernández Agave|hernandez-agave|America/Mexico_City|en
Sofia Martínez|Compras|Pampa Cueros|pampa-cueros|America/Argentina/Buenos_Aires|en
Noah Campbell|IT|Prairie Grain Co-op|prairie-grain|America/Winnipeg|en
Grace Thompson|CFO|Redwood Outdoors|redwood-outdoors|America/Los_Angeles|en
Yuki Sato|Sales Planning|Sato Kogyo|sato-kogyo|Asia/Tokyo|en
Min-jun Park|Purchasing|Park Display|park-display|Asia/Seoul|en
Arjun Mehta|Founder|Mehta Analytics|mehta-analytics|Asia/Kolkata|en
Siti Nurhaliza Abdullah|Buyer|Abdullah Rattan|abdullah-rattan|Asia/Kuala_Lumpur|en
Nguyễn Thị Lan|Sourcing|Lan Coffee|lan-coffee|Asia/Ho_Chi_Minh|en
Omar Haddad|Partner|Haddad Consulting|haddad-consulting|Asia/Dubai|en
Tamar Levi|CTO|Levi Water Tech|levi-water|Asia/Jerusalem|en
Amara Okafor|Head of Operations|Okafor Logistics|okafor-logistics|Africa/Lagos|en
Jack Henderson|Vineyard Director|Henderson Estate|henderson-estate|Australia/Adelaide|en
Moana Tautahi|Logistics|Southern Cross Foods|southerncross-foods|Pacific/Auckland|en
Bernd Wagner|Einkaufsleiter|Wagner Kunststoffe|wagner-kunststoffe|Europe/Berlin|de`;

const TRANSLITERATED = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss', ø: 'o', ł: 'l', ı: 'i', đ: 'd' };

/** "Björn Größmann" -> "bjoern.groessmann" */
export function mailName(name) {
  return name
    .toLowerCase()
    .replace(/[äöüßøłıđ]/g, (letter) => TRANSLITERATED[letter])
    .normalize('NFD')
    .replace(/[\u0300-\u036f'’]/g, '')
    .replace(/[^a-z0-9]+/g, '.')
    .replace(/^\.|\.$/g, '');
}

function read(table, kind) {
  return table
    .trim()
    .split('\n')
    .map((line, index) => {
      const [name, title, company, domain, zone, language] = line.split('|');
      return {
        kind,
        name,
        title,
        company,
        emails: [`${mailName(name)}@${domain}.example`],
        phone: phone(zone, kind === 'lead' ? index : index + 40),
        zone,
        language,
      };
    });
}

/** Numbers from the ranges that regulators reserve for films and examples, where there is one. */
function phone(zone, index) {
  const tail = String(100 + index).slice(-2);
  if (zone === 'Europe/London' || zone === 'Europe/Dublin') return `+44 20 7946 09${tail}`;
  if (zone.startsWith('America/') && !/Sao_Paulo|Mexico|Argentina/.test(zone))
    return `+1 212 555 01${tail}`;
  if (zone.startsWith('Australia/')) return `+61 2 5550 10${tail}`;
  return zone === 'Europe/Berlin' ? `+49 30 23125 0${tail}` : '';
}

/** Leads and contacts with the difficult cases of matching: S-22, S-23. */
export function customers() {
  const leads = read(LEADS, 'lead');
  const contacts = read(CONTACTS, 'contact');
  const find = (list, name) => list.find((person) => person.name === name);
  // A lead that is a contact too, with the same address.
  contacts[contacts.length - 1].emails.push('bernd@wagner-kunststoffe.example');
  find(leads, 'Dieter Krüger').emails = ['bernd.wagner@wagner-kunststoffe.example'];
  // Two contacts who share the address of their office.
  find(contacts, 'Monika Huber').emails.push('buero@huber-brauerei.example');
  find(contacts, 'Alois Huber').emails.push('buero@huber-brauerei.example');
  // An address that was entered in capitals.
  find(contacts, 'Petra Schulz').emails = ['Petra.Schulz@Hansa-Verpackung.example'];
  // A contact without any appointment: an empty card.
  find(leads, 'Sandra Vogel').never = true;
  return { leads, contacts };
}

/** Guests who are not in the CRM. */
export const STRANGERS = [
  { name: 'Dr. Anton Berger', email: 'berger@kanzlei-berger.example' },
  { name: 'Messeleitung', email: 'aussteller@messe-nord.example' },
  { name: 'Hotel Seeblick', email: 'empfang@hotel-seeblick.example' },
  { name: 'Paula Richter', email: 'p.richter@steuerbuero-richter.example' },
  { name: 'Recruiting', email: 'talents@jobboerse.example' },
  { name: 'Tom Becker', email: 'tom.becker@freelance.example' },
];

export const COLLEAGUES = [
  { name: 'Katharina Vogt', email: `katharina.vogt@${FIRM}` },
  { name: 'Jonas Brandt', email: `jonas.brandt@${FIRM}` },
  { name: 'Emma Clarke', email: `emma.clarke@${FIRM}` },
];

export const ROOM = { name: 'Besprechungsraum Elbe', email: `raum-elbe@resource.${FIRM}` };
