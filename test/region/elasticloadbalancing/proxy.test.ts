import http from 'node:http';
import { played, server } from './played';

const named = (name: string) =>
  server((request, response) => {
    response.setHeader('X-Server', name);
    response.end(JSON.stringify(request.headers));
  });

describe('requests', () => {
  test('go to the healthy targets in turn, with what the client is known by', async () => {
    const { register, url } = await played();
    await register(await named('a'));
    await register(await named('b'));
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => fetch(url, { headers: { 'X-Forwarded-For': '10.9.8.7' } })),
    );
    const servers = answers.map((answer) => answer.headers.get('x-server')).sort();
    expect(servers).toEqual(['a', 'a', 'b', 'b']);
    const headers = (await answers[0]!.json()) as Record<string, string>;
    expect(headers).toMatchObject({
      host: url.slice('http://'.length),
      'x-forwarded-for': '10.9.8.7, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': '80',
    });
    expect(headers['x-amzn-trace-id']).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  });

  test.each([
    [
      'Root=1-67891233-abcdef012345678912345678',
      /^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-67891233-abcdef012345678912345678$/,
    ],
    [
      'Self=1-67891234-12456789abcdef0123456789;Root=1-67891233-abcdef012345678912345678;CalledFrom=app',
      /^Self=1-(?!67891234)[0-9a-f]{8}-[0-9a-f]{24};Root=1-67891233-abcdef012345678912345678;CalledFrom=app$/,
    ],
    ['CalledFrom=app', /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};CalledFrom=app$/],
  ])('that bring the trace header %s pass it on with an id', async (given, expected) => {
    const { register, url } = await played();
    await register(await named('a'));
    const answer = await fetch(url, { headers: { 'X-Amzn-Trace-Id': given } });
    expect(((await answer.json()) as Record<string, string>)['x-amzn-trace-id']).toMatch(expected);
  });

  test('go to the target with the fewest in flight, if so configured', async () => {
    const { register, url } = await played({
      attributes: [{ Key: 'load_balancing.algorithm.type', Value: 'least_outstanding_requests' }],
    });
    let release = () => {};
    await register(
      await server((request, response) => {
        if (request.url === '/health') response.end();
        else release = () => void response.end('busy');
      }),
    );
    const stuck = fetch(url);
    await register(await named('free'));
    for (let count = 0; count < 4; count++) {
      expect((await fetch(url)).headers.get('x-server')).toBe('free');
    }
    release();
    expect(await (await stuck).text()).toBe('busy');
  });

  test('carry bodies of any size both ways, unchanged', async () => {
    const { register, url } = await played();
    await register(
      await server((request, response) => {
        if (request.url === '/health') response.end();
        else request.pipe(response);
      }),
    );
    const body = Buffer.alloc(3_000_000, 'tide');
    const answer = await fetch(url, { method: 'POST', body });
    expect(Buffer.from(await answer.arrayBuffer()).equals(body)).toBe(true);
  });

  test('get 503 while there is no target', async () => {
    const { url, sum, elb } = await played();
    expect((await fetch(url)).status).toBe(503);
    await elb.stop();
    expect([sum('HTTPCode_ELB_5XX_Count'), sum('HTTPCode_ELB_503_Count'), sum('RequestCount')]).toEqual([
      1, 1, 0,
    ]);
  });

  test('get 502 where the target breaks off, and are not sent twice', async () => {
    const { register, url, sum, elb } = await played();
    let taken = 0;
    const port = await server((request, response) => {
      if (request.url === '/health') return response.end();
      taken++;
      return request.socket.destroy();
    });
    await register(port);
    expect((await fetch(url, { method: 'POST', body: 'once' })).status).toBe(502);
    expect(taken).toBe(1);
    await elb.stop();
    expect([sum('TargetConnectionErrorCount', true), sum('HTTPCode_ELB_502_Count')]).toEqual([1, 1]);
  });

  test('get 504 where the target does not answer in time', async () => {
    const { register, url, call, LoadBalancerArn } = await played();
    await call('ModifyLoadBalancerAttributes', {
      LoadBalancerArn,
      Attributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '1' }],
    });
    await register(
      await server((request, response) => {
        if (request.url === '/health') response.end();
      }),
    );
    expect((await fetch(url)).status).toBe(504);
  });

  test('that the client gives up are given up at the target', async () => {
    const { register, url } = await played();
    let arrived = () => {};
    const request = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    let gaveUp: Promise<unknown> = Promise.resolve();
    await register(
      await server((incoming, response) => {
        if (incoming.url === '/health') return response.end();
        gaveUp = new Promise((resolve) => response.on('close', resolve));
        return arrived();
      }),
    );
    const client = http.get(url).on('error', () => {});
    await request;
    client.destroy();
    await gaveUp;
  });

  test('are counted and timed by load balancer and target group', async () => {
    const { register, url, sum, elb, recorded } = await played();
    await register(
      await server((request, response) => {
        response.statusCode = request.url === '/bad' ? 500 : 200;
        response.end();
      }),
    );
    for (const path of ['/', '/', '/bad']) await fetch(url + path);
    await elb.stop();
    for (const ofTargetGroup of [false, true]) {
      expect(sum('RequestCount', ofTargetGroup)).toBe(3);
      expect(sum('HTTPCode_Target_2XX_Count', ofTargetGroup)).toBe(2);
      expect(sum('HTTPCode_Target_5XX_Count', ofTargetGroup)).toBe(1);
    }
    const perTarget = recorded.filter((one) => one.metricName === 'RequestCountPerTarget');
    expect(perTarget.reduce((total, { value, count }) => total + value * count, 0)).toBe(3); // of one target
    expect(Object.keys(perTarget[0].dimensions)).toEqual(['TargetGroup']);
    const times = recorded.filter(
      (one) => one.metricName === 'TargetResponseTime' && one.dimensions.TargetGroup,
    );
    expect(times.reduce((total, { count }) => total + count, 0)).toBe(3);
    expect(times[0]).toMatchObject({
      unit: 'Seconds',
      dimensions: {
        LoadBalancer: expect.stringMatching(/^app\/balancer\/[0-9a-f]{16}$/),
        TargetGroup: expect.stringMatching(/^targetgroup\/targets\/[0-9a-f]{16}$/),
      },
    });
  });
});

describe('rules', () => {
  test('answer by priority; fixed responses and redirects need no target', async () => {
    const { url, call, ListenerArn } = await played();
    const rule = (Priority: number, Values: string[], action: object) =>
      call('CreateRule', {
        ListenerArn,
        Priority,
        Conditions: [{ Field: 'path-pattern', Values }],
        Actions: [action],
      });
    await rule(20, ['/*'], {
      Type: 'redirect',
      RedirectConfig: { Path: '/new/#{path}', StatusCode: 'HTTP_301' },
    });
    await rule(10, ['/closed*'], {
      Type: 'fixed-response',
      FixedResponseConfig: { StatusCode: '410', MessageBody: 'gone' },
    });
    const closed = await fetch(`${url}/closed/door`);
    expect([closed.status, await closed.text()]).toEqual([410, 'gone']);
    const moved = await fetch(`${url}/old?a=1`, { redirect: 'manual' });
    expect([moved.status, moved.headers.get('location')]).toEqual([301, `${url}/new/old?a=1`]);
    await expect(rule(10, ['/again'], { Type: 'fixed-response' })).rejects.toMatchObject({
      code: 'PriorityInUse',
    });
  });

  test('send requests by weight', async () => {
    const { url, call, ListenerArn, TargetGroupArn, register } = await played();
    const { TargetGroups } = await call('CreateTargetGroup', { Name: 'other', Port: 80, TargetType: 'ip' });
    await register(await named('a'));
    const weights = (Weight: number) => ({
      ListenerArn,
      DefaultActions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn, Weight },
              { TargetGroupArn: TargetGroups[0].TargetGroupArn, Weight: 1 - Weight },
            ],
          },
        },
      ],
    });
    await call('ModifyListener', weights(1));
    expect((await fetch(url)).status).toBe(200);
    await call('ModifyListener', weights(0));
    expect((await fetch(url)).status).toBe(503);
  });
});

test.each([
  ['CreateTargetGroup', { Name: 'x', Port: 80, TargetType: 'lambda' }, /TargetType is lambda/],
  ['CreateTargetGroup', { Name: 'x', Port: 0 }, /Port is 0; allowed is a whole number from 1/],
  ['CreateTargetGroup', { Name: 'x', Port: 80, HealthCheckTimeoutSeconds: 30 }, /must be smaller than/],
  ['CreateLoadBalancer', { Name: 'x', Type: 'network' }, /Type of x is network/],
  ['CreateLoadBalancer', { Name: '-x' }, /Name is "-x"/],
  ['DescribeTargetGroups', { Names: ['nobody'] }, /there is no nobody/],
])('%s refuses %j', async (operation, input, message) => {
  const { call } = await played();
  await expect(call(operation, input)).rejects.toThrow(message);
});
