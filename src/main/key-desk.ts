import type { BindPorts, KeyDesk } from '../services/panel/bind-certificate.js';

/** Late: brings zod and node-forge, which no start needs. */
export function lateKeyDesk(ports: BindPorts): KeyDesk {
  const desk = async (): Promise<KeyDesk> =>
    (await import('../services/panel/bind-certificate.js')).createKeyDesk(ports);
  return {
    namesakes: async (...args) => await (await desk()).namesakes(...args),
    makeKey: async () => await (await desk()).makeKey(),
    hold: async (...args) => await (await desk()).hold(...args),
    isHeld: async (...args) => await (await desk()).isHeld(...args),
    tryKey: async (...args) => await (await desk()).tryKey(...args),
    drop: async (...args) => await (await desk()).drop(...args),
    fits: async (...args) => await (await desk()).fits(...args),
    take: async (...args) => await (await desk()).take(...args),
  };
}
