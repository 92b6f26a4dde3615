import { readRevision } from './revision';
import { createService } from './server';

const host = process.env.HOST ?? '0.0.0.0';
const port = Number(process.env.PORT ?? 8080);
const service = createService(readRevision());

service.listen(port, host, () => console.log(`listening on ${host}:${service.port()}`));

process.once('SIGTERM', async () => {
  console.log('finishing the requests under way');
  await service.stop();
});
