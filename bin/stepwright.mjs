#!/usr/bin/env node
/** Launches `stepwright`: compiles it if its sources are newer, and runs it. */
import { join } from 'node:path';
import { build, COMMAND_FILES, root } from './build.mjs';
import { runCompiled } from './compiled.mjs';

// On Node 20 the SDK inside prints a notice about its own support window on every run.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
await build(COMMAND_FILES);
runCompiled(join(root, 'dist', 'stepwright.js'), process.argv[2]);
