import CMPI
import Foundation
import TestSupport
import Testing

@testable import Ranks

/// What passes between several ranks is tested with real ones, in EndToEnd.
struct WorldTests {
    @Test(arguments: ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"])
    func launchersTellThatOthersWereStarted(variable: String) {
        #expect(World.isStartedTogether([variable: "2", "PATH": "/bin"]))
    }

    @Test(arguments: [
        [:], ["PATH": "/bin"], ["OMPI_COMM_WORLD_SIZE": "1"], ["OMPI_COMM_WORLD_SIZE": "1", "PMIX_RANK": "0"],
    ])
    func aProcessByItselfHasNoWorld(environment: [String: String]) throws {
        #expect(!World.isStartedTogether(environment))
        #expect(try World.join(environment: environment) == nil)
    }

    @Test func saysWhatToDoWhereItCannotTalk() {
        let failures: [(World.Failure, String)] = [
            (
                .cannotJoin(reason: "no library of Open MPI is found"),
                "Started together with other processes (mpirun), but cannot talk to them: no library of Open MPI is found."
            ),
            (
                .call("MPI_Send", code: 15), "Another rank cannot be reached: MPI_Send failed (error 15 of MPI)."
            ),
            (
                .tooLarge(bytes: 1 << 31),
                "Ranks give each other at most 2147483647 bytes of a layer or a batch at a time, found 2147483648."
            ),
        ]
        for (failure, words) in failures { #expect("\(failure)" == words) }
    }

    // MARK: - A world of one, which Open MPI makes of a process that was started without mpirun

    /// Joins, with a folder for the files of Open MPI that goes afterwards.
    private static func join(_ environment: [String: String], _ body: (World) throws -> Void) throws {
        let folder = try TemporaryFolder()
        setenv("TMPDIR", folder.path, 1)
        let world = try #require(try World.join(environment: environment))
        try withExtendedLifetime(folder) {
            try body(world)
            try world.leave()
        }
    }

    /// Requires that something fails in a call of MPI of that name.
    private static func fails(in call: String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch World.Failure.call(let name, let code) where name == call {
            try #require(code > 0, "an error of MPI's")
            return
        }
        try #require(Bool(false), "\(call) went well")
    }

    @Test(.enabled(if: Programs.canStartRanks, "there is no mpirun")) func whatIsSentArrives() async {
        await #expect(processExitsWith: .success) {
            try WorldTests.join(["PMI_SIZE": "1"]) { world in
                try #require(world.rank == 0 && world.size == 1)
                let (first, second, none) = (World.Tag(0), World.Tag(32767), World.Tag(5))
                let bytes = (0..<200).map { UInt8($0) }
                try world.send(bytes, to: 0, first)
                try world.send([], to: 0, second)
                try world.send([7], to: 0, second)
                try #require(try world.receiveIfAny(none) == nil, "a tag is asked for")
                let empty = try #require(try world.receiveIfAny(second))
                try #require(empty.bytes.isEmpty && empty.source == 0)
                let one = try #require(try world.receiveIfAny(second, from: 0))
                try #require(one.bytes == [7] && one.source == 0, "in their order")
                try #require(try world.receiveIfAny(second) == nil && world.receiveIfAny(second, from: 0) == nil)
                let all = try #require(try world.receiveIfAny(first))
                try #require(all.bytes == bytes && all.source == 0)
                // Who is not there cannot be reached.
                try WorldTests.fails(in: "MPI_Send") { try world.send([1], to: 1, first) }
                try WorldTests.fails(in: "MPI_Iprobe") { _ = try world.receiveIfAny(first, from: 1) }
            }
        }
    }

    @Test(.enabled(if: Programs.canStartRanks, "there is no mpirun")) func allGetWhatEachHas() async {
        await #expect(processExitsWith: .success) {
            try WorldTests.join(["PMI_SIZE": "1"]) { world in
                for bytes in [[], [1], [1, 2, 3, 4, 5]] as [[UInt8]] {
                    try #require(try world.broadcast(bytes) == bytes && world.broadcast(bytes, from: 0) == bytes)
                    try #require(try world.allGather(bytes) == [bytes])
                }
                try WorldTests.fails(in: "MPI_Bcast") { _ = try world.broadcast([1], from: 1) }
                let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 8)
                defer { memory.deallocate() }
                memory.copyBytes(from: 0..<8)
                try world.allGather(in: memory, parts: [2..<5])
                let exchange = try world.beginAllGather(in: memory, parts: [0..<8])
                try #require(try exchange.isDone(), "there is nobody to wait for")
                try exchange.wait()
                try #require(memory.elementsEqual(0..<8), "each rank's own part is right before")
                // As long as a message can be, and a byte more; nothing is sent of it.
                let longest = UnsafeMutableRawBufferPointer(start: memory.baseAddress, count: Int(Int32.max))
                try world.allGather(in: longest, parts: [0..<0])
                let longer = UnsafeMutableRawBufferPointer(start: memory.baseAddress, count: Int(Int32.max) + 1)
                do {
                    try world.allGather(in: longer, parts: [0..<0])
                    try #require(Bool(false), "it is too long")
                } catch World.Failure.tooLarge(let bytes) { try #require(bytes == 1 << 31) }
            }
        }
    }

    /// Lengths are checked first, then MPI finds that there is no rank 3.
    @Test(.enabled(if: Programs.canStartRanks, "there is no mpirun")) func messagesAreAsLongAsMPICounts() async {
        await #expect(processExitsWith: .success) {
            try WorldTests.join(["PMI_SIZE": "1"]) { _ in
                var byte: UInt8 = 0
                for (length, isTaken) in [(Int(Int32.max), true), (Int(Int32.max) + 1, false)] {
                    for code in [
                        inkling_mpi_send(&byte, length, 3, 1), inkling_mpi_receive(&byte, length, 3, 1),
                        inkling_mpi_broadcast(&byte, length, 3),
                    ] { try #require(isTaken ? code > 0 : code == -1, "\(length): \(code)") }
                }
            }
        }
    }

    /// As where the launcher is that of another MPI. What Open MPI's own launcher says goes before.
    @Test(.enabled(if: Programs.canStartRanks, "there is no mpirun")) func othersThatAreNotFoundAreMissed() async {
        await #expect(processExitsWith: .success) {
            do {
                try WorldTests.join(["OMPI_COMM_WORLD_SIZE": "2", "PMI_SIZE": "1"]) { _ in }
                try #require(Bool(false), "it joined")
            } catch World.Failure.cannotJoin(let reason) {
                try #require(reason == "2 were started, but Open MPI finds 1")
            }
        }
    }
}
