const Module = require('node:module');

const CLIENT = /^@aws-sdk\/(client|lib)-[a-z0-9-]+$/;

/**
 * Lambda's Node.js runtimes bring every client of the AWS SDK; here there are those of the services that the region plays.
 * Code may load another one that it never uses, so another one fails when it is used, not when it is loaded.
 */
exports.standInForClients = () => {
  const load = Module._load;
  Module._load = (request, ...rest) => {
    try {
      return load(request, ...rest);
    } catch (error) {
      if (!CLIENT.test(request) || error.code !== 'MODULE_NOT_FOUND') throw error;
      return standIn(request);
    }
  };
};

function standIn(name) {
  class Unusable {
    constructor() {
      throw new Error(
        `The rehearsal region's runtime has no ${name}, as the region does not play its service`,
      );
    }
  }
  return new Proxy({}, { get: (_, key) => (key === '__esModule' || key === 'then' ? undefined : Unusable) });
}
