// Takes away the types of what is imported; checks nothing, `npm run check` does.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'rolldown/utils';

const SCRIPT = /\.js$/;

/** Names of sources end with .js in imports, as they are called once compiled. */
export async function resolve(specifier, context, next) {
  const isOwn = specifier.startsWith('.') && context.parentURL?.endsWith('.ts') === true;
  if (isOwn && SCRIPT.test(specifier)) {
    const source = new URL(specifier.replace(SCRIPT, '.ts'), context.parentURL);
    if (existsSync(source)) return { url: source.href, format: 'module', shortCircuit: true };
  }
  return await next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return await next(url, context);
  const path = fileURLToPath(url);
  const { code, errors } = transformSync(path, readFileSync(path, 'utf8'), { sourcemap: false });
  if (errors.length > 0) throw errors[0];
  return { format: 'module', source: code, shortCircuit: true };
}
