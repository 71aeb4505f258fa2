/** The number of columns that a delimiter row of a table has; 0 if the text is none. */
export function delimiterColumns(row: string): number {
  if (!/^[-:|][-:|\s]/.test(row) || /^-\s/.test(row) || /[^-:|\s]/.test(row)) return 0;
  const cells = row.split('|').map((cell) => cell.trim());
  if (cells[0] === '') cells.shift();
  if (cells.at(-1) === '') cells.pop();
  return cells.every((cell) => /^:?-+:?$/.test(cell)) ? cells.length : 0;
}

/** The number of cells of a row; 0 if it has no `|`. A `|` after a backslash separates nothing. */
export function rowCells(text: string): number {
  const row = text.trim();
  let borders = 0;
  for (let index = row.indexOf('|'); index >= 0; index = row.indexOf('|', index + 1)) if (row[index - 1] !== '\\') borders++;
  if (borders === 0) return row.includes('|') ? 1 : 0;
  return borders + 1 - (row.startsWith('|') ? 1 : 0) - (/(?:^|[^\\])\|$/.test(row) ? 1 : 0);
}
