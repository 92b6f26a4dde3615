import { checkCircles, type Graph, reversed, walk } from '../../../../region/cloudformation/template/graph';

const graph = (edges: Record<string, string[]>): Graph =>
  new Map(Object.entries(edges).map(([id, needs]) => [id, new Set(needs)]));

test('a circle is named without what merely depends on it', () => {
  const circular = graph({ A: ['B'], B: ['C'], C: ['B'], D: [], E: ['A', 'D'] });
  expect(() => checkCircles(circular)).toThrow('Circular dependency between resources: [B, C]');
  expect(() => checkCircles(graph({ A: ['A'] }))).toThrow('[A]');
  expect(() => checkCircles(graph({ A: ['B'], B: [] }))).not.toThrow();
});

test('turned round, the order of creation is the order of deletion', async () => {
  const order: string[] = [];
  await walk(reversed(graph({ A: [], B: ['A'], C: ['B'] })), async (id) => void order.push(id));
  expect(order).toEqual(['C', 'B', 'A']);
});

test('a failure keeps back what depends on it, and on request everything else', async () => {
  const edges = graph({ A: [], Bad: [], AfterBad: ['Bad'], AfterA: ['A'] });
  const run = async (stopOnFailure: boolean) => {
    const begun: string[] = [];
    const failed = await walk(
      edges,
      async (id) => {
        begun.push(id);
        if (id === 'Bad') throw new Error('no');
        await new Promise(setImmediate);
      },
      { stopOnFailure },
    );
    return { begun, failed: [...failed.keys()] };
  };
  expect(await run(false)).toEqual({ begun: ['A', 'Bad', 'AfterA'], failed: ['Bad'] });
  expect(await run(true)).toEqual({ begun: ['A', 'Bad'], failed: ['Bad'] });
});
