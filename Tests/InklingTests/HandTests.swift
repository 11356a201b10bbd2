import Dashboard
import Datasets
import Foundation
import NeuralNetwork
import TestSupport
import Testing

@testable import Inkling

/// Where the user's drawings are kept.
struct HandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func dataset(_ name: String, side: Int = 2) -> Dataset {
        let images = ImageSet(width: side, height: side, pixels: Array(repeating: 1, count: side * side), labels: [0])
        return Dataset(name: name, train: images, test: images)
    }

    private func hand(_ place: HandPlace, of owner: String? = "mine") -> Hand {
        Hand(place, of: owner, environment: ["XDG_DATA_HOME": folder.path])
    }

    private let edit = DrawingArchive.Edit.add(image: [1, 2, 3, 4], label: 0, strokes: Drawing())

    private var one: LabelledDrawings {
        var drawings = LabelledDrawings.none(size: Shape(height: 2, width: 2))
        drawings.apply(edit)
        return drawings
    }

    @Test func anOptionNamesThePlace() {
        #expect(HandPlace(argument: "none") == .none && HandPlace(argument: "a/b") == .folder("a/b"))
    }

    @Test func drawingsAreKeptWhereTheyUsuallyAre() {
        let (hand, usual) = (hand(.usual), folder.file("inkling/drawings-mine"))
        #expect(hand.event(reading: dataset("mine")) == .hand(.none(size: Shape(height: 2, width: 2)), folder: usual))
        #expect(hand.event(applying: edit, to: nil, of: dataset("mine")) == .hand(one, folder: usual))
        #expect(self.hand(.usual).event(reading: dataset("mine")) == .hand(one, folder: usual))
        let other = hand.event(reading: dataset("other"))
        #expect(other == .hand(.none(size: Shape(height: 2, width: 2)), folder: folder.file("inkling/drawings-other")))
    }

    /// Labels of another data set mean something else.
    @Test func aFolderIsForOneDataSet() {
        let (hand, place) = (hand(.folder(folder.file("own"))), folder.file("own"))
        #expect(hand.event(applying: edit, to: nil, of: dataset("mine")) == .hand(one, folder: place))
        #expect(hand.event(reading: dataset("mine")) == .hand(one, folder: place))
        #expect(hand.event(reading: dataset("other")) == .hand(.none(size: Shape(height: 2, width: 2)), folder: nil))
        #expect(hand.event(applying: edit, to: one, of: dataset("other")) != .hand(one, folder: nil), "two now")
        #expect(hand.event(applying: edit, to: nil, of: dataset("other")) == .hand(one, folder: nil))
        #expect(hand.event(reading: dataset("mine")) == .hand(one, folder: place), "as it was")
    }

    @Test func withoutAPlaceTheyAreForgotten() throws {
        let hand = hand(.none)
        #expect(hand.event(applying: edit, to: nil, of: dataset("mine")) == .hand(one, folder: nil))
        #expect(hand.event(reading: dataset("mine")) == .hand(.none(size: Shape(height: 2, width: 2)), folder: nil))
        #expect(try folder.names.isEmpty)
    }

    @Test func whatGoesWrongIsTold() throws {
        let hand = hand(.folder(folder.file("own")))
        #expect(hand.event(applying: edit, to: nil, of: dataset("mine")) == .hand(one, folder: folder.file("own")))
        let larger = hand.event(reading: dataset("mine", side: 3))
        guard case .notice(let words) = larger else {
            Issue.record("\(larger)")
            return
        }
        #expect(
            words.hasPrefix("Your drawings cannot be read: \(folder.file("own"))/train-images-idx3-ubyte: expected"))
        let refused = hand.event(applying: edit, to: nil, of: dataset("mine", side: 3))
        guard case .notice(let problem) = refused else {
            Issue.record("\(refused)")
            return
        }
        #expect(problem.hasPrefix("Not saved: \(folder.file("own"))/"))
    }
}
