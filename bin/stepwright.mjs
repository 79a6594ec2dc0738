#!/usr/bin/env node
/** Launches `stepwright`: compiles it if its sources are newer, and runs it. */
import { createRequire } from 'node:module';
import { build } from './build.mjs';

// On Node 20 the SDK inside prints a notice about its own support window on every run.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
await build();
createRequire(import.meta.url)('../dist/stepwright.js');
