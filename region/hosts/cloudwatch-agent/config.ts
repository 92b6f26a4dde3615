import type { AgentConfig } from './collector';

/** @throws Error that names the file when the text is no configuration */
export function parseConfig(text: string, source: string): AgentConfig {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (error) {
    throw new Error(`${source} is not JSON: ${(error as Error).message}`);
  }
  if (typeof config === 'object' && config && !Array.isArray(config)) return config as AgentConfig;
  throw new Error(`${source} holds ${JSON.stringify(config)}; allowed is an object`);
}

/** The keys of a configuration that are not among those played: the topmost of each branch, items of a list as one. */
export function notPlayed(config: AgentConfig, played: readonly string[]): string[] {
  const found = new Set<string>();
  const look = (value: unknown, path: string) => {
    if (played.includes(path)) return;
    const leadsOn =
      path === '' || played.some((key) => key.startsWith(path) && /^[.[]/.test(key.slice(path.length)));
    if (!leadsOn) found.add(path);
    else if (Array.isArray(value)) for (const item of value) look(item, `${path}[]`);
    else if (value && typeof value === 'object')
      for (const [key, inner] of Object.entries(value)) look(inner, path ? `${path}.${key}` : key);
  };
  look(config, '');
  return [...found];
}
