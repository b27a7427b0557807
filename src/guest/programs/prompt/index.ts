export { prompt, type PromptOptions } from './prompt.ts';
