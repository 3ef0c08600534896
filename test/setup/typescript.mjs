// Lets Node.js run TypeScript as it stands, for what a test starts outside of vitest: node --import ./test/setup/typescript.mjs FILE
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
