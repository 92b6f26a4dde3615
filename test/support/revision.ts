import { type ZipEntry, zipOf } from '../../region/zip/zip';

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
  BeforeBlockTraffic: [{ location: before-block.sh, timeout: 30 }]
  ApplicationStop: [{ location: stop.sh, timeout: 30 }]
  ApplicationStart: [{ location: start.sh, timeout: 30 }]
`;

export interface RevisionOptions {
  /** JavaScript that says of a `request`, the `count`-th of its process, whether the answer is a 500. @default 'false' */
  readonly fails?: string;
  /** Whether its ApplicationStop fails. @default false */
  readonly brokenStop?: boolean;
  /** Whether it stops before the load balancer has let go of it: requests meet nobody. @default false */
  readonly stopsTooEarly?: boolean;
}

/** The files of a small web server that answers with its own name and in `X-Revision`, for hosts of the region. */
export function revisionFiles(
  name: string,
  { fails = 'false', brokenStop = false, stopsTooEarly = false }: RevisionOptions = {},
): Record<string, ZipEntry> {
  const script = (...lines: string[]) => ({ content: ['#!/bin/bash', ...lines, ''].join('\n'), mode: 0o755 });
  const server = `
    let count = 0;
    const server = require('node:http').createServer((request, response) => {
      if (request.url !== '/health') count++;
      response.setHeader('X-Revision', '${name}');
      response.statusCode = request.url !== '/health' && ${fails} ? 500 : 200;
      response.end('${name}');
    });
    server.listen(Number(process.env.PORT ?? 8080), process.env.HOST);
    process.on('SIGTERM', () => { server.close(() => process.exit(0)); server.closeIdleConnections(); });
  `;
  return {
    'appspec.yml': { content: APPSPEC },
    'server.js': { content: server },
    'app.service': { content: UNIT },
    'stop.sh': script(brokenStop ? 'exit 1' : 'systemctl stop app.service || [ $? -eq 5 ]'),
    'before-block.sh': script(stopsTooEarly ? 'systemctl stop app.service; sleep 0.5' : 'exit 0'),
    'start.sh': script('set -e', 'systemctl daemon-reload', 'systemctl restart app.service'),
  };
}

/** The same as a revision that CodeDeploy takes. */
export function revision(name: string, options?: RevisionOptions): Promise<Buffer> {
  return zipOf(revisionFiles(name, options));
}
