import Foundation
import ModelFiles
import NeuralNetwork
import Testing

@testable import Training

/// What a run keeps of each class and of each layer.
@Suite struct CourseTests {
    private func job(epochs: Int = 3) -> TrainingJob {
        var job = TrainingJob(
            Trainer(dataset: makeHalves(), configuration: makeConfiguration(epochs: epochs)),
            recorders: TrainingRecorders())
        job.handle(.run)
        while job.isRunning { _ = job.step(now: .now) }
        return job
    }

    @Test func theAccuracyOfEachClassIsThatOfTheTest() throws {
        let trainer = job().trainer
        let entries = trainer.classAccuracies.entries
        #expect(entries.map(\.step) == trainer.epochs.map(\.step))
        let confusion = try #require(trainer.evaluation?.confusion)
        #expect(entries.last?.value == (0..<10).map { confusion.recall($0).map(Float.init) })
        #expect(entries.last?.value[5] == nil, "there are no such images")
    }

    @Test func theGradientOfEachLayerIsThatOfTheLook() throws {
        let dataset = makeHalves()
        let trainer = Trainer(dataset: dataset, configuration: makeConfiguration())
        _ = trainer.trainObservedBatch()
        let images = 0..<Int32(128)
        let gradients = trainer.network.lossAndGradients(
            inputs: dataset.train.inputs(images), labels: images.map { dataset.train.labels[Int($0)] }
        ).gradients.matrices
        let entry = try #require(trainer.gradientNorms.entries.first)
        #expect(entry.step == 1 && entry.value.count == 2)
        // Weights and biases in turns.
        for (layer, norm) in entry.value.enumerated() {
            let sum = gradients[2 * layer].elements.reduce(0.0) { $0 + Double($1) * Double($1) }
            #expect(abs(Double(try #require(norm)) / sum.squareRoot() - 1) < 1e-5)
        }
    }

    @Test func theyAreBoundedAndCoverTheRun() {
        var course = NumbersCourse()
        for step in 1...100_000 { course.append([Float(step)], step: step) }
        let steps = course.entries.map(\.step)
        #expect(steps.count <= NumbersCourse.capacity && steps.count >= NumbersCourse.capacity / 2)
        #expect(steps.first == 1 && steps.last ?? 0 > 98_000)
    }

    /// However much there was, what is read goes on as what was written.
    @Test func aCourseGoesOnAfterItWasRead() throws {
        var course = NumbersCourse()
        for step in 1...1000 {
            course.append([Float(step), nil], step: step)
            guard step % 61 == 0 || step % 128 < 2 else { continue }
            let tensor = Checkpoint.tensor("course", course, 2)
            var read = try #require(Checkpoint.course(tensor, 2, course.count, step))
            #expect(read == course)
            var whole = course
            for later in step + 1...step + 300 {
                read.append([1, nil], step: later)
                whole.append([1, nil], step: later)
            }
            #expect(read == whole)
        }
        let tensor = Checkpoint.tensor("course", course, 2)
        #expect(Checkpoint.course(tensor, 2, course.count + 9000, 1000) == nil, "not so many")
        #expect(Checkpoint.course(tensor, 3, course.count, 1000) == nil)
        #expect(Checkpoint.course(tensor, 2, nil, 1000) == nil)
        #expect(Checkpoint.course(tensor, 2, course.count, 500) == nil, "later than the run")
    }

    @Test func theyAreInTheCheckpoint() throws {
        let path = NSTemporaryDirectory() + "inkling-course-\(UUID()).safetensors"
        defer { unlink(path) }
        let trainer = job().trainer
        try Checkpoint.write(trainer, to: path)
        let read = try Checkpoint(file: path)
        #expect(read.record.classAccuracies == trainer.classAccuracies && trainer.classAccuracies.count == 3)
        #expect(read.record.gradientNorms == trainer.gradientNorms && trainer.gradientNorms.count == 5)
    }

    /// Files from before there was any of this.
    @Test func anOlderCheckpointIsRead() throws {
        let path = NSTemporaryDirectory() + "inkling-course-\(UUID()).safetensors"
        defer { unlink(path) }
        let trainer = job().trainer
        try Checkpoint.write(trainer, to: path)
        let file = try Safetensors(file: path)
        var metadata = file.metadata
        metadata["training"] = metadata["training"]?
            .replacing(/,"tests":\d+/, with: "").replacing(/"looks":\d+,/, with: "")
        #expect(metadata["training"] != file.metadata["training"])
        let tensors = file.tensors.filter { !["inkling.classes", "inkling.gradients"].contains($0.name) }
        #expect(tensors.count == file.tensors.count - 2)
        try Safetensors(tensors: tensors, metadata: metadata).write(to: path)
        let read = try Checkpoint(file: path)
        #expect(read.record.classAccuracies == NumbersCourse() && read.record.gradientNorms == NumbersCourse())
        #expect(read.record.epochs == trainer.epochs)
    }

    @Test func aForkHasWhatWasThere() throws {
        let snapshot = job().snapshot(serial: 1)
        let moment = try #require(snapshot.past.all.first { $0.step == 20 })
        var settings = snapshot.configuration
        settings.batchSize = 64
        let record = Fork(snapshot.at(moment), settings).record
        #expect(record.classAccuracies.entries.map(\.step) == [5, 10], "at the steps of batches of another size")
        #expect(record.classAccuracies.entries.map(\.value) == snapshot.classAccuracies.entries.prefix(2).map(\.value))
        #expect(record.gradientNorms.count == 5)
    }
}
