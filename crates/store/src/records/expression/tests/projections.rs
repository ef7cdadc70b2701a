//! Parts of items.

use super::*;

#[test]
fn a_projection_has_the_parts_that_are_there() {
    let of = |text: &str| projection(text).unwrap().of(&item());
    assert_eq!(of("five, gone, id"), attributes([("five", n("5")), ("id", s("a"))]));
    assert_eq!(of("m.deep.b, m.a"), attributes([("m", map([("a", n("1")), ("deep", map([("b", n("2"))]))]))]));
    assert_eq!(of("m.gone, gone.x, five.x, l.x"), Attributes::new());
    assert_eq!(of("m[0]"), Attributes::new());
    assert_eq!(of("m.deep.gone, m.a"), attributes([("m", map([("a", n("1"))]))]));
}

#[test]
fn elements_of_a_list_move_together_in_their_order() {
    let of = |text: &str| projection(text).unwrap().of(&item());
    assert_eq!(of("l[2], #l[0], l[9]"), attributes([("l", list([n("1"), n("3")]))]));
    assert_eq!(of("lm[0].x, lm[1]"), attributes([("lm", list([map([("x", n("1"))]), n("7")]))]));
    assert_eq!(of("lm[0].y"), Attributes::new());
    assert_eq!(of("m.l[1]"), attributes([("m", map([("l", list([s("y")]))]))]));
}

#[test]
fn attributes_to_get_are_whole_attributes() {
    let names = ["five".to_owned(), "m.a".to_owned(), "l".to_owned()];
    let got = Projection::of_attributes(&names).of(&item());
    assert_eq!(got.into_keys().collect::<Vec<_>>(), ["five", "l"]);
}
