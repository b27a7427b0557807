export { fileServiceConformance, type ConformanceOptions } from './conformance.ts';
