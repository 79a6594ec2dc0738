#!/usr/bin/env node
/** Launches `stepwright`: compiles it if its sources are newer, and runs it. */
import { createRequire } from 'node:module';
import { build } from './build.mjs';

await build();
createRequire(import.meta.url)('../dist/stepwright.js');
