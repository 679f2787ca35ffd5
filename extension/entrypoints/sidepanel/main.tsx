import { start } from "../../components/start";
import { Panel } from "./panel";

void start("panelTitle", <Panel />);
