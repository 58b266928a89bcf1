import { buildEase } from "./build";

console.log(`build/: ${await buildEase()}`);
