import { SaveBar } from "@shopify/app-bridge-react";
import type { RefObject } from "react";

/** The admin's bar over a form with something typed that is not saved: saves the form or discards what was typed. */
export function UnsavedBar(props: {
  id: string;
  form: RefObject<HTMLFormElement>;
  open: boolean;
  saving: boolean;
  discard: () => void;
}) {
  const { id, form, open, saving, discard } = props;
  return (
    <SaveBar id={id} open={open}>
      <button
        type="button"
        variant="primary"
        loading={saving ? "" : undefined}
        onClick={() => form.current?.requestSubmit()}
      >
        Save
      </button>
      <button type="button" disabled={saving} onClick={discard}>
        Discard
      </button>
    </SaveBar>
  );
}
