/** How a file can be shown. */
export type ViewMode = 'text' | 'hex' | 'image' | 'audio' | 'video' | 'pdf' | 'page' | 'table' | 'tree' | 'sqlite' | 'module';
