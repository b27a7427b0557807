export async function measurePrinting() { throw new Error('todo'); }
