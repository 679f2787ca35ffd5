/** Gives the reader a text as a file. */
export function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  // The browser reads the text some time after the click.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
