import DashboardTestSupport
import NeuralNetwork
import TestSupport
import Testing

@testable import Dashboard

/// The lessons over all that their knobs can say: what is done, and what it looks like.
@Suite struct KnobTests {
    /// Each knob through all of its places, beside every place of the knob after it; a page as it was at first, and after
    /// its button.
    @Test(arguments: Course.lessons.indices) func everyPlaceLooksAsItDid(page: Int) throws {
        var looks = ScreenDigest()
        var digest = Digest()
        func look(_ lesson: any Lesson) {
            for text in [lesson.title, lesson.text, lesson.button ?? ""] + lesson.code { digest.take(text) }
            for knob in lesson.knobs { digest.take(knob.name + knob.text) }
            for experiment in lesson.experiments {
                digest.take(experiment.invitation + experiment.answer)
                digest.take(experiment.isDone ? 1 : 0)
            }
            var grid = CellGrid(width: 64, height: 20)
            lesson.draw(in: Rect(x: 0, y: 0, width: 64, height: 20), on: &grid)
            looks.take(grid)
        }
        /// The knob's value after so many turns from its lowest.
        func turned(_ lesson: any Lesson, _ knob: Int, to place: Int) -> any Lesson {
            var lesson = lesson
            lesson.knobs[knob].turn(by: -1000)
            lesson.knobs[knob].turn(by: place)
            lesson.turned(knob)
            return lesson
        }
        var start = Course.lessons[page]
        start.take(Samples.snapshot())
        for presses in 0..<3 {
            if presses > 0 { start.press() }
            look(start)
            for knob in start.knobs.indices {
                var last: String?
                for place in 0..<200 {
                    let lesson = turned(start, knob, to: place)
                    guard lesson.knobs[knob].text != last else { break }
                    last = lesson.knobs[knob].text
                    look(lesson)
                    let next = (knob + 1) % lesson.knobs.count
                    if presses == 0, next != knob, place.isMultiple(of: 3) {
                        for other in stride(from: 0, to: 24, by: 5) { look(turned(lesson, next, to: other)) }
                    }
                }
            }
        }
        try expectLooks("knobs-\(page)", ["\(digest.words) \(looks.words)"])
    }
}
