// Saves entries `<name>-0`, `<name>-1`, … one after the other. Arguments: home folder, name, count.
import { systemClock } from '../../../build/core/time.js';
import { createRegistry } from '../../../build/services/registry/registry-file.js';

const [home, name, count] = process.argv.slice(2);
const registry = createRegistry({ home, clock: systemClock });
for (let index = 0; index < Number(count); index++) {
  await registry.save({
    id: `${name}-${index}`,
    label: name,
    panelUrl: 'https://203.0.113.1:9292',
    ip: '203.0.113.1',
    createdAt: '2026-11-20T10:00:00.000Z',
    active: false,
    authMethod: 'p12',
  });
}
