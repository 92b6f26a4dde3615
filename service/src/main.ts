import { readRevision } from './revision';
import { createService } from './server';
import { startTracing } from './tracing';

const host = process.env.HOST ?? '0.0.0.0';
const port = Number(process.env.PORT ?? 8080);
const revision = readRevision();
const tracing = process.env.OTEL_EXPORTER_OTLP_ENDPOINT ? startTracing(revision) : undefined;
const service = createService(revision, tracing?.traced);

service.listen(port, host, () => console.log(`listening on ${host}:${service.port()}`));

process.once('SIGTERM', async () => {
  console.log('finishing the requests under way');
  await service.stop();
  await tracing?.stop();
});
