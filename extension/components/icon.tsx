/** Line drawings beside words; they say nothing that the words do not. */
const PATHS = {
  cross: "M4 4l8 8M12 4l-8 8",
  copy: "M6 3h7v8H6zM3 6v7h7",
  link: "M7 9a3 3 0 0 0 4 0l2-2a3 3 0 0 0-4-4L8 4M9 7a3 3 0 0 0-4 0L3 9a3 3 0 0 0 4 4l1-1",
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
