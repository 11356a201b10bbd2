import Dashboard
import Testing

@testable import Inkling

struct OutputMeterTests {
    @Test func newsWaitForWhatWasWritten() throws {
        var meter = OutputMeter()
        #expect(meter.delay == nil)
        meter.add(bytes: 0)
        #expect(meter.delay == nil)
        meter.add(bytes: 6_000)
        #expect((480...501).contains(try #require(meter.delay)), "12,000 bytes a second")
        meter.add(bytes: 6_000)
        #expect((960...1_001).contains(try #require(meter.delay)), "one after the other")
        meter.add(bytes: 1_000_000)
        #expect((1_950...2_001).contains(try #require(meter.delay)), "however much it was")
    }

    @Test func delaysEnd() async throws {
        var meter = OutputMeter()
        meter.add(bytes: 240)
        #expect(meter.delay != nil)
        try await Task.sleep(for: .milliseconds(25))
        #expect(meter.delay == nil)
    }

    /// Characters, the way to each that does not follow the one before, and colours where they change.
    @Test func bytesAreEstimated() {
        var grid = CellGrid(width: 10, height: 2)
        func bytes(_ places: Int...) -> Int { OutputMeter.bytes(of: places, in: grid) }
        #expect(bytes() == 0 && bytes(0) == 8 && bytes(0, 1) == 9 && bytes(0, 2) == 16 && bytes(3, 10) == 16)
        grid.write("é", x: 0, y: 0)
        #expect(bytes(0) == 10)
        grid.write("ab", x: 0, y: 0, Style(.value))
        grid.write("c", x: 2, y: 0, Style(.wrong))
        grid.write("d", x: 3, y: 0, Style(.right, on: .bar))
        #expect(bytes(0) == 8 + 13 && bytes(0, 1) == 9 + 13, "a colour stays")
        #expect(bytes(2) == 8 + 13 && bytes(3) == 8 + 24 && bytes(2, 3) == 9 + 13 + 24)
        #expect(bytes(2, 1) == 16 + 13 + 13)
    }
}
