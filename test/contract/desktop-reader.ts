import { z } from 'zod';

const text = z.string();
const optional = z.string().nullish();
/** Reader of the desktop app (contract: panel-api.md, ServerEntry); what it does not know it ignores. */
const ENTRY = z.object({
  id: text,
  label: text,
  panelUrl: text.regex(/^https:\/\/[^/]+$/),
  ip: text,
  createdAt: text,
  authMethod: text,
  active: z.boolean(),
  domain: optional,
  provider: optional,
  providerId: optional,
  region: optional,
  keychainIdentity: optional,
  p12Path: optional,
  p12Password: optional,
  adminAuth: z
    .object({
      method: text.optional(),
      p12Path: text.optional(),
      keychainIdentity: text.optional(),
    })
    .optional(),
});

/** Reads servers.json as the desktop app does: one entry that does not fit refuses the whole list. */
export function readLikeDesktop(list: unknown): readonly z.output<typeof ENTRY>[] {
  const entries = z.array(ENTRY).parse(list);
  // The mere presence of these keys means something else there.
  for (const entry of list as readonly object[])
    for (const key of ['provider', 'adminAuth'] as const)
      if (key in entry && (entry as Record<string, unknown>)[key] === null)
        throw new Error(`${key} is null`);
  return entries;
}
