// @ts-check
/**
 * The cases of a file of scripts: each begins with `### name`, or `### name | bash` if `bash` is to be asked instead of `dash`.
 * @param {string} text
 * @returns {{ name: string, shell: 'dash' | 'bash', script: string }[]}
 */
export function shellCases(text) {
  return text.split(/^### /m).slice(1).map((part) => {
    const end = part.indexOf('\n');
    const [name = '', shell] = part.slice(0, end).split(' | ');
    return { name, shell: shell === 'bash' ? 'bash' : 'dash', script: part.slice(end + 1) };
  });
}
