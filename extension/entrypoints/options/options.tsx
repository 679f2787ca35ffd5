/** The options page. Each change holds at once; the service and its token when they are saved. */
import { useWords } from "../../components/start";
import { Keep } from "./keep";
import { Look } from "./look";
import { Sent } from "./sent";
import { Service } from "./service";
import { Sites } from "./sites";

export function Options() {
  const { t } = useWords();
  return (
    <>
      <header class="masthead">
        <h1>{t("optionsTitle")}</h1>
      </header>
      <Service />
      <Sent />
      <Sites />
      <Look />
      <Keep />
    </>
  );
}
