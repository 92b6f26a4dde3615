import { filterExpression } from '../../../region/xray/filter-expression';
import { Trace } from '../../../region/xray/trace';
import { failed, NOW, newTraceId, segment } from './segments';

function trace(): Trace {
  const made = new Trace(newTraceId());
  const root = segment({
    trace_id: made.id,
    ...failed,
    end_time: NOW + 2,
    user: 'ada',
    annotations: { 'otel.resource.service.version': '3f2a', attempt: 2 },
  });
  made.add(root, NOW);
  made.add(segment({ trace_id: made.id, name: 'berths', parent_id: root.id }), NOW);
  return made;
}

test.each([
  [''],
  ['fault'],
  ['fault = true AND !ok'],
  ['!error !throttle fault'],
  ['ok OR fault'],
  ['(ok OR fault) AND responsetime > 2.5'],
  ['duration >= 3 AND duration <= 3'],
  ['http.status = 500'],
  ['http.url BEGINSWITH "http://harbor" AND http.url CONTAINS "quote" AND http.url ENDSWITH "quote"'],
  ['http.method = "GET"'],
  ['user = "ada"'],
  ['annotation[otel.resource.service.version] = "3f2a"'],
  ['annotation[otel.resource.service.version]'],
  ['annotation.attempt >= 2'],
  ['service("berths")'],
  ['service()'],
  ['service("harbor") { fault = true AND responsetime > 1 }'],
])('%s matches', (expression) => {
  expect(filterExpression(expression)(trace())).toBe(true);
});

test.each([
  ['ok'],
  ['fault = false'],
  ['!fault'],
  ['fault responsetime > 5'],
  ['error OR throttle'],
  ['ok AND (fault OR error)'],
  ['http.clientip = "10.0.0.1"'],
  ['annotation[otel.resource.service.version] = "9c1b"'],
  ['annotation.other'],
  ['service("moorings")'],
  ['service("berths") { fault }'],
  ['!service("harbor")'],
])('%s does not match', (expression) => {
  expect(filterExpression(expression)(trace())).toBe(false);
});

test.each([
  [
    'edge("harbor", "berths")',
    /keyword 'edge' is not played; played are ok, .*annotation\[key\] and service\(\)/,
  ],
  ['constructor', /keyword 'constructor' is not played/],
  ['rootcause.fault.service { name = "x" }', /keyword 'rootcause.fault.service' is not played/],
  ['service(id(name: "x"))', /service\(id\) is not played/],
  ['fault AND', /ends too early/],
  ['(fault', /'\)' is missing/],
  ['fault)', /'\)' is not expected/],
  ['"fault"', /'fault' is not a keyword/],
  ['http.status = ', /ends too early/],
  ['user = (', /'\(' is not a value/],
  ['annotation = 1', /names no annotation/],
  ['fault ~ true', /'~ true' cannot be read/],
])('%s is refused', (expression, why) => {
  expect(() => filterExpression(expression)).toThrow(
    expect.objectContaining({ code: 'InvalidRequestException', message: expect.stringMatching(why) }),
  );
});
