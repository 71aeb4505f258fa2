/** How a promise has ended, in words: a success with the text that it gave, or the first line of an error. */
export async function outcomeOf(promise: Promise<unknown>): Promise<string> {
  try {
    const value = await promise;
    return typeof value === 'string' ? `success, ${value}` : 'success';
  } catch (error) {
    const { name, message } = error as Error;
    // Without the code of the system, which varies.
    const first = message.split('\n')[0]?.replace(/ \([A-Z_]+\)$/, '');
    return `${name === 'Error' ? (error as Error).constructor.name : name}: ${first}`;
  }
}

/** Prints a table with columns of one width. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}
