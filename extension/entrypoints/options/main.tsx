import { start } from "../../components/start";
import { Options } from "./options";

void start("optionsTitle", <Options />);
