import { destroyOwn, findOwnDroplets } from '../droplets/own-droplets.js';
import { operationTag, outputOf, type StepContext, type Undo } from '../worker/step.js';

/**
 * Keeps at most one droplet: after a repeated request the first one may have succeeded too. Does
 * nothing in any other run.
 */
export function undoDoubles(context: StepContext): readonly Undo[] {
  if (!context.sentTwice) return [];
  const tag = operationTag(context.request.id);
  return [
    {
      resource: {
        kind: 'droplet',
        id: `other droplets tagged ${tag}`,
        monthlyUsd: context.outputs.validate_token?.monthlyUsd ?? 0,
        removeBy: `Look for a second droplet with the tag ${tag} in the DigitalOcean console, and destroy it.`,
      },
      async remove(signal) {
        const { dropletId } = outputOf(context, 'create_droplet');
        const own = await findOwnDroplets(context, signal);
        const doubles = own.map(({ id }) => id).filter((id) => id !== dropletId);
        return await destroyOwn(doubles, context, signal);
      },
    },
  ];
}
