#!/usr/bin/env node
process.stdout.write('portlama-tui\n');
