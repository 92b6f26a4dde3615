#!/usr/bin/env bash
# ValidateService: passes once the revision that was installed says for a second on end that it is healthy, so that one
# which starts and then falls over gets no traffic; gives up after half a minute.
# DESTDIR is the root of the installation: empty on an instance.
set -euo pipefail

revision=$(cat "${DESTDIR:-}/opt/harbor/REVISION")
url="http://${HOST:-localhost}:${PORT:-8080}/health"

node - "$url" "$revision" <<'CHECK'
const [url, revision] = process.argv.slice(2);

async function check(deadline, passes) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2000) })
    .then((response) => (response.ok ? response.json() : { status: `HTTP ${response.status}` }))
    .catch((error) => ({ status: String(error.cause ?? error) }));
  passes = answer.status === 'ok' && answer.revision === revision ? passes + 1 : 0;
  if (passes === 5) return console.log(`${revision} is healthy`);
  if (Date.now() > deadline) throw new Error(`${url} does not say that ${revision} is healthy: ${JSON.stringify(answer)}`);
  setTimeout(check, 250, deadline, passes);
}

check(Date.now() + 30_000, 0);
CHECK
