/** Line drawings beside words; they say nothing that the words do not. */
const PATHS = {
  cross: "M4 4l8 8M12 4l-8 8",
  copy: "M6 3h7v8H6zM3 6v7h7",
  link: "M7 9a3 3 0 0 0 4 0l2-2a3 3 0 0 0-4-4L8 4M9 7a3 3 0 0 0-4 0L3 9a3 3 0 0 0 4 4l1-1",
  target: "M8 2v3M8 11v3M2 8h3M11 8h3M8 8h.01",
  gear: "M3 4h10M3 8h10M3 12h10M6 2.5v3M10 6.5v3M5 10.5v3",
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
