// node --require this: connections to Google's names end at GOOGLE_IS_AT=ADDRESS:PORT. It replaces
// DNS and port 443 and nothing else: the requested name, its certificate and the Host header stay
// as they are.

const { syncBuiltinESMExports } = require('node:module');
const tls = require('node:tls');

const at = new URL(`https://${process.env.GOOGLE_IS_AT}`);
const connect = tls.connect;
tls.connect = function (options, ...rest) {
  const name = options?.host ?? '';
  if (!/(^|\.)(google|googleapis)\.com$/.test(name))
    throw new Error(`this program may talk to Google only, not to ${name}`);
  return connect.call(
    this,
    {
      ...options,
      host: at.hostname.replace(/^\[|\]$/g, ''),
      port: Number(at.port),
      servername: options.servername || name,
    },
    ...rest,
  );
};
syncBuiltinESMExports();
