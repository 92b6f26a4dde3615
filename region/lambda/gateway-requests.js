const http = require('node:http');
const https = require('node:https');
const { syncBuiltinESMExports } = require('node:module');
const { urlToHttpOptions } = require('node:url');

/**
 * Handlers answer CloudFormation by HTTPS at the host of their ResponseURL, most of them without its port. Here that host
 * is the gateway, which speaks HTTP: requests to it go there.
 * @param {string} endpoint URL of the gateway
 */
exports.reachGateway = (endpoint) => {
  const { hostname, port } = new URL(endpoint);
  const overHttps = https.request;
  https.request = (...args) => {
    const callback = args.find((arg) => typeof arg === 'function');
    const [first, second] = args.filter((arg) => arg !== callback);
    const isUrl = typeof first === 'string' || first instanceof URL;
    const options = isUrl ? { ...urlToHttpOptions(new URL(first)), ...second } : first;
    if ((options.hostname ?? options.host) !== hostname) return overHttps(...args);
    return http.request({ ...options, protocol: 'http:', hostname, port, agent: undefined }, callback);
  };
  syncBuiltinESMExports();
};
