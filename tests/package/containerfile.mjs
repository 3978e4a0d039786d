// The instructions of a Containerfile, read and then executed in a folder that holds a Debian
// system, without a container engine. Only the instructions that ours needs: any other one, and any
// form that is not understood, is an error, so that nothing is left out in silence.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

/** [{name, value, line}]: continued lines are joined, comments are left out. */
export function instructions(text) {
  const found = [];
  let open = null;
  text.split('\n').forEach((line, index) => {
    if (/^\s*(#|$)/.test(line)) return;
    const part = line.replace(/\\\s*$/, '').trim();
    if (open) open.value += ` ${part}`;
    else {
      const [, name, value] = /^(\S+)\s*(.*)$/.exec(part);
      open = { name: name.toUpperCase(), value, line: index + 1 };
    }
    if (/\\\s*$/.test(line)) return;
    found.push({ ...open, value: open.value.trim() });
    open = null;
  });
  if (open) throw new Error(`line ${open.line}: the last line is continued by nothing`);
  return found;
}

const commandOf = (value) => {
  const command = JSON.parse(value);
  if (!Array.isArray(command) || command.some((word) => typeof word !== 'string'))
    throw new Error('only the form ["program", "argument"] is understood');
  return command;
};

const READERS = {
  FROM(image, value) {
    if (image.base) throw new Error('only one FROM is understood');
    image.base = value;
  },
  COPY(image, value) {
    const paths = value.split(/\s+/);
    if (paths.length !== 2 || paths[0].startsWith('-'))
      throw new Error('only COPY SOURCE DESTINATION is understood');
    const source = resolve(image.context, paths[0]);
    if (!`${source}/`.startsWith(`${image.context}/`)) throw new Error('outside the build context');
    image.steps.push({ copy: source, to: paths[1] });
  },
  RUN(image, value) {
    if (/^(\[|--)/.test(value)) throw new Error('only RUN with a shell command is understood');
    image.steps.push({ run: value, env: { ...image.env }, user: image.user, in: image.folder });
  },
  ENV(image, value) {
    const [, name, text] = /^([A-Za-z_]\w*)=(\S*)$/.exec(value) ?? [];
    if (!name) throw new Error('only ENV NAME=VALUE without spaces is understood');
    image.env[name] = text.replace(/\$\{?(\w+)\}?/g, (_, other) => image.env[other] ?? '');
  },
  WORKDIR(image, value) {
    image.folder = value;
    image.steps.push({ folder: value });
  },
  USER(image, value) {
    if (!/^[a-z_][a-z0-9_-]*$/.test(value))
      throw new Error('only the name of a user is understood');
    image.user = value;
  },
  EXPOSE(image, value) {
    if (!/^\d+$/.test(value)) throw new Error('only one port is understood');
    image.ports.push(Number(value));
  },
  HEALTHCHECK(image, value) {
    const [, command] = /^(?:--[a-z-]+=\S+\s+)*CMD\s+(.*)$/.exec(value) ?? [];
    if (!command) throw new Error('only HEALTHCHECK [--OPTION=VALUE] CMD is understood');
    image.health = commandOf(command);
  },
  ENTRYPOINT(image, value) {
    image.entry = commandOf(value);
  },
  CMD(image, value) {
    image.arguments = commandOf(value);
  },
};

/** What the file says: {base, steps, env, user, folder, ports, health, entry, arguments}. */
export function read(text, context) {
  const image = {
    base: null,
    context: resolve(context),
    steps: [],
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    user: 'root',
    folder: '/',
    ports: [],
    health: null,
    entry: null,
    arguments: [],
  };
  for (const { name, value, line } of instructions(text)) {
    if (!Object.hasOwn(READERS, name)) throw new Error(`line ${line}: ${name} is not understood`);
    if (!image.base && name !== 'FROM') throw new Error(`line ${line}: ${name} before FROM`);
    try {
      READERS[name](image, value);
    } catch (error) {
      throw new Error(`line ${line}: ${name}: ${error.message}`);
    }
  }
  if (!image.entry) throw new Error('there is no ENTRYPOINT');
  return image;
}

/** The command line that runs `command` in the tree as an engine would: user, folder, variables. */
export function inTree(tree, command, { env, user, folder }) {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return [
    ...['chroot', `--userspec=${user}`, tree, '/usr/bin/env', '-i', ...variables],
    ...['/bin/sh', '-c', 'cd "$0" && exec "$@"', folder, ...command],
  ];
}

/** Executes COPY, RUN and WORKDIR in the tree. `log` gets a line for each step. */
export function build(image, tree, log) {
  for (const step of image.steps) {
    if (step.copy) {
      log(`COPY ${step.copy} ${step.to}`);
      const to = join(tree, step.to);
      if (!existsSync(step.copy)) throw new Error(`COPY: ${step.copy} does not exist`);
      const into = step.to.endsWith('/') && statSync(step.copy).isFile();
      cpSync(step.copy, into ? join(to, basename(step.copy)) : to, { recursive: true });
    } else if (step.folder) {
      log(`WORKDIR ${step.folder}`);
      mkdirSync(join(tree, step.folder), { recursive: true });
    } else {
      log(`RUN ${step.run}`);
      const options = { env: step.env, user: step.user, folder: step.in };
      const [program, ...rest] = inTree(tree, ['/bin/sh', '-c', step.run], options);
      const output = execFileSync(program, rest, { encoding: 'utf8', maxBuffer: 1 << 26 });
      log(output.trimEnd().split('\n').slice(-3).join('\n'));
    }
  }
}
