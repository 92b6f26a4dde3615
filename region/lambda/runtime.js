/**
 * The program of an execution environment: loads one function's handler and runs one invocation at a time.
 * It is a process of its own and talks to the region over IPC; `execution-environment.ts` is the other side.
 */
const Module = require('node:module');
const path = require('node:path');
const fs = require('node:fs');
const util = require('node:util');
const { pathToFileURL } = require('node:url');
const { Worker } = require('node:worker_threads');
const { standInForClients } = require('./missing-clients');
const { reachGateway } = require('./gateway-requests');

const RealDate = Date;
const wallTime = RealDate.now;
/** What the region's clock said, and when by the wall clock. */
let clock = { now: wallTime(), wall: wallTime(), scale: 1 };
let requestId;

/** AWS time: a handler that measures a bake must live in the region's time, not in the machine's. */
const now = () => Math.floor(clock.now + (wallTime() - clock.wall) * clock.scale);
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length > 0 ? args : [now()], newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
});

// The region's end, kill -9 included, closes standard input. A thread sees that even while a handler blocks this one.
new Worker(
  `const fs = require('node:fs');
   try { while (fs.readSync(0, Buffer.alloc(1)) > 0); } finally { process.kill(-${process.pid}, 'SIGKILL'); }`,
  { eval: true },
).unref();

const { AWS_ENDPOINT_URL } = process.env;
if (AWS_ENDPOINT_URL) reachGateway(AWS_ENDPOINT_URL);
standInForClients();

const send = (message) => process.send(message);
for (const stream of [process.stdout, process.stderr]) {
  stream.write = (chunk, encoding, callback) => {
    send({ type: 'output', text: String(chunk) });
    const done = typeof encoding === 'function' ? encoding : callback;
    done?.();
    return true;
  };
}
const LEVELS = { log: 'INFO', info: 'INFO', debug: 'DEBUG', trace: 'TRACE', warn: 'WARN', error: 'ERROR' };
for (const [method, level] of Object.entries(LEVELS)) {
  console[method] = (...args) => {
    const time = new RealDate(now()).toISOString();
    send({ type: 'output', text: `${time}\t${requestId}\t${level}\t${util.format(...args)}\n` });
  };
}

/** As the Node.js runtimes of Lambda report an error. */
function described(error, type) {
  if (!(error instanceof Error)) {
    return { errorType: type ?? typeof error, errorMessage: String(error), trace: [] };
  }
  return {
    errorType: type ?? error.name,
    errorMessage: error.message,
    trace: (error.stack ?? '').split('\n'),
  };
}

class RuntimeError extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

async function load(taskRoot, handler) {
  // A function sees its own folder and what Lambda's runtime brings (NODE_PATH), not what lies in folders above.
  const inherited = Module._nodeModulePaths;
  Module._nodeModulePaths = (from) => {
    const paths = inherited.call(Module, from);
    return from.startsWith(taskRoot) ? paths.filter((folder) => folder.startsWith(taskRoot)) : paths;
  };
  const [, stem, name] = /^(.*)\.([^./]+)$/.exec(handler) ?? [];
  if (!stem) throw new RuntimeError('Runtime.MalformedHandlerName', `Bad handler ${handler}`);
  const file = ['.js', '.mjs', '.cjs', '']
    .map((ending) => path.join(taskRoot, stem + ending))
    .find(fs.existsSync);
  if (!file) throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${stem}'`);
  const module = await loadModule(file);
  const found = module[name] ?? module.default?.[name];
  if (typeof found !== 'function') {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  return found;
}

async function loadModule(file) {
  try {
    return file.endsWith('.mjs') ? await import(pathToFileURL(file).href) : require(file);
  } catch (error) {
    if (error.code === 'ERR_REQUIRE_ESM' || error instanceof SyntaxError) {
      try {
        return await import(pathToFileURL(file).href);
      } catch (second) {
        throw importError(second);
      }
    }
    throw importError(error);
  }
}

function importError(error) {
  if (error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND') {
    return new RuntimeError('Runtime.ImportModuleError', `Error: ${error.message}`);
  }
  if (error instanceof SyntaxError) {
    return new RuntimeError('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`);
  }
  return error;
}

/** Waits for what the handler returns, or for its callback. */
function call(handler, event, context) {
  return new Promise((resolve, reject) => {
    const callback = (error, result) => (error ? reject(error) : resolve(result));
    const returned = handler(event, context, callback);
    if (typeof returned?.then === 'function') returned.then(resolve, reject);
    else if (handler.length < 3) resolve(returned);
  });
}

let handler;

async function invoke(message) {
  requestId = message.requestId;
  const end = wallTime() + message.remaining;
  const context = {
    ...message.context,
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, end - wallTime()),
  };
  const answer = { type: 'result', requestId };
  try {
    answer.payload = JSON.stringify((await call(handler, JSON.parse(message.payload), context)) ?? null);
  } catch (error) {
    answer.error = described(error);
    console.error('Invoke Error', JSON.stringify(answer.error));
  }
  send({ ...answer, memory: process.memoryUsage().rss });
}

function crash(error, type) {
  const described_ = described(error, type);
  console.error(type ?? 'Uncaught Exception', JSON.stringify(described_));
  process.send({ type: 'crash', error: described_ }, () => process.exit(1));
}
process.on('uncaughtException', (error) => crash(error));
process.on('unhandledRejection', (error) => crash(error, 'Runtime.UnhandledPromiseRejection'));
process.on('disconnect', () => process.exit());

process.on('message', async (message) => {
  clock = message.clock;
  if (message.type === 'invoke') return invoke(message);
  try {
    handler = await load(message.taskRoot, message.handler);
    send({ type: 'ready' });
  } catch (error) {
    process.send({ type: 'crash', error: described(error) }, () => process.exit(1));
  }
});
