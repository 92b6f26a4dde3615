import path from 'node:path';
import { ScaledClock } from '../../../../region/clock/clock';
import type { Host } from '../../../../region/hosts/host';
import { createHosts } from '../../../../region/hosts/hosts';
import { namespacesWork } from '../../../../region/hosts/namespace';
import { Journal } from '../../../../region/journal/journal';
import { atEnd, temporaryFolder } from '../../../support/folder';
import { otlpRequest, otlpSpan, SPAN } from './otlp-request';

const files = temporaryFolder('traces');
const modes: Host['mode'][] = namespacesWork(files).works ? ['namespace', 'process'] : ['process'];

/** A service that sends a span to where its environment file says. */
const SENDER = `fetch(process.env.OTEL_EXPORTER_OTLP_ENDPOINT + "/v1/traces", {
  method: "POST", headers: { "Content-Type": "application/json" }, body: ${JSON.stringify(JSON.stringify(otlpRequest(otlpSpan())))} })`;

const USER_DATA = `#!/bin/bash
set -euo pipefail
root=\${DESTDIR:-}
write() { install -D -m 644 /dev/stdin "$root$1"; }
dnf install -y nodejs24 amazon-cloudwatch-agent
write /etc/agent.json <<< '{"traces": {"traces_collected": {"otlp": {"http_endpoint": "127.0.0.1:4318"}}}}'
amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/etc/agent.json
write /etc/sysconfig/sender <<< 'OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318'
write /opt/send.js <<'END'
${SENDER}
END
write /etc/systemd/system/sender.service <<'END'
[Service]
Type=oneshot
EnvironmentFile=/etc/sysconfig/sender
ExecStart=${process.execPath} /opt/send.js
END
systemctl start sender
`;

test.each(modes)('a service on a host as %s sends its spans to the agent at loopback', async (mode) => {
  const clock = new ScaledClock(60);
  const hosts = createHosts(path.join(files, mode), clock, new Journal(clock), { mode });
  atEnd(() => hosts.stop());
  const put = new Promise<any>((resolve) => {
    const call = async (_service: string, operation: string, input: object) => {
      if (operation === 'PutTraceSegments') resolve(input);
      return {};
    };
    void hosts.launch({ instanceId: `i-${mode}`, userData: USER_DATA, call });
  });
  const { TraceSegmentDocuments } = await put;
  expect(JSON.parse(TraceSegmentDocuments[0])).toMatchObject({ id: SPAN, name: 'harbor' });
});
