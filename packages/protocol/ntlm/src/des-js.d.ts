declare module "des.js" {
  interface Cipher {
    update(block: ArrayLike<number>): number[];
  }
  const des: {
    readonly DES: { create(options: { type: "encrypt"; key: ArrayLike<number>; padding?: boolean }): Cipher };
  };
  export default des;
}
