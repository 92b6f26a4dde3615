const SERVER = `
const [revision, fails] = [REVISION, FAILS];
const server = require('node:http').createServer((request, response) => {
  response.statusCode = fails && request.url === '/rare' ? 500 : 200;
  response.end(revision);
});
server.listen(Number(process.env.PORT ?? 8080), process.env.HOST);
process.on('SIGTERM', () => { server.close(() => process.exit(0)); server.closeIdleConnections(); });
`;
const UNIT = `[Service]
ExecStart=${process.execPath} /opt/app/server.js
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

/** What is wrong with a revision. */
export interface Revision {
  /** Whether it fails the request `/rare`. @default false */
  readonly fails?: boolean;
  /** Whether its ApplicationStop fails. @default false */
  readonly brokenStop?: boolean;
}

/** A revision of a service that answers with its name, as the files of a commit. */
export function filesOf(name: string, { fails = false, brokenStop = false }: Revision) {
  const files = {
    'appspec.yml': APPSPEC,
    'server.js': SERVER.replace('REVISION', `'${name}'`).replace('FAILS', String(fails)),
    'app.service': UNIT,
    'start.sh': '#!/bin/bash\nset -e\nsystemctl daemon-reload\nsystemctl restart app.service\n',
    'stop.sh': `#!/bin/bash\n${brokenStop ? 'exit 1' : 'systemctl stop app.service || [ $? -eq 5 ]'}\n`,
  };
  return Object.entries(files).map(([filePath, text]) => ({ filePath, fileContent: Buffer.from(text) }));
}
