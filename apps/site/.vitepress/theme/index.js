import { useData } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import { onMounted, watch } from "vue";
import "./style.css";

/** The default theme's home page has no main landmark, all other pages have one. */
function markHomePage() {
  const { frontmatter } = useData();
  const mark = () => {
    const content = document.getElementById("VPContent");
    if (frontmatter.value.layout === "home") content?.setAttribute("role", "main");
    else content?.removeAttribute("role");
  };
  onMounted(mark);
  watch(frontmatter, mark, { flush: "post" });
}

export default { extends: DefaultTheme, setup: markHomePage };
