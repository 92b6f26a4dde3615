import { zipOf } from '../../region/zip/zip';

const UNIT = `[Service]
ExecStart=${process.execPath} /opt/app/server.js
TimeoutStopSec=10
[Install]
WantedBy=multi-user.target
`;

const APPSPEC = `version: 0.0
os: linux
files:
  - { source: server.js, destination: /opt/app }
  - { source: app.service, destination: /etc/systemd/system }
hooks:
  ApplicationStop: [{ location: stop.sh, timeout: 30 }]
  ApplicationStart: [{ location: start.sh, timeout: 30 }]
`;

/**
 * A revision of a small web server that answers with its own name, for hosts of the region.
 * @param fails JavaScript that says of a `request`, the `count`-th of its process, whether the answer is a 500
 */
export function revision(name: string, fails = 'false'): Promise<Buffer> {
  return zipOf({
    'appspec.yml': APPSPEC,
    'server.js': `
      let count = 0;
      const server = require('node:http').createServer((request, response) => {
        if (request.url !== '/health') count++;
        response.statusCode = request.url !== '/health' && ${fails} ? 500 : 200;
        response.end('${name}');
      });
      server.listen(Number(process.env.PORT ?? 8080), process.env.HOST);
      process.on('SIGTERM', () => { server.close(() => process.exit(0)); server.closeIdleConnections(); });
    `,
    'app.service': UNIT,
    'stop.sh': { content: '#!/bin/bash\nsystemctl stop app.service || [ $? -eq 5 ]\n', mode: 0o755 },
    'start.sh': {
      content: '#!/bin/bash\nset -e\nsystemctl daemon-reload\nsystemctl restart app.service\n',
      mode: 0o755,
    },
  });
}
