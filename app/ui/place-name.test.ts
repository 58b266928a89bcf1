import { expect, it } from "vitest";
import { placeName } from "./place-name";

const writing = { locale: "en-GB", currency: "EUR", timeZone: "Europe/Berlin" };

it.each([
  ["DE", "BE", "Berlin, Germany"],
  ["US", "WA", "Washington, United States"],
  ["GB", "SCT", "Scotland, United Kingdom"],
  ["IE", "D", "County Dublin, Ireland"],
  ["AT", null, "Austria"],
  ["IT", "RM", "RM, Italy"],
  ["DE", "B", "B, Germany"],
  ["not a country", null, "not a country"],
  [null, "BE", ""],
])("%s %s is written “%s”", (country, province, written) => {
  expect(placeName({ country, province }, writing)).toBe(written);
});
