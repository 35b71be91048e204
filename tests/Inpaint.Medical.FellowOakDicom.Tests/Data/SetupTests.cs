using FellowOakDicom;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Inpaint.Medical.FellowOakDicom.Tests.Data;

/// <summary>Set-up holds for the whole process, so nothing else may run meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class SetupTests
{
    private const string Name = "Process-wide set-up";

    [Collection(Name)]
    public class Switches
    {
        [Fact]
        public void ValidationIsSwitchedOffAndOn()
        {
            try
            {
                new DicomSetupBuilder().SkipValidation().Build();
                Assert.Equal("1.02", new DicomDataset().Add(DicomTag.SOPInstanceUID, "1.02").GetString(DicomTag.SOPInstanceUID));
            }
            finally
            {
                new DicomSetupBuilder().DoValidation().Build();
            }

            Assert.Throws<DicomValidationException>(() => new DicomDataset().Add(DicomTag.SOPInstanceUID, "1.02"));
        }

        [Fact]
        public void TheLastProviderWins()
        {
            new DicomSetupBuilder().RegisterServices(services => services.AddSingleton("first")).Build();
            new DicomSetupBuilder().RegisterServices(services => services.AddSingleton("second")).Build();

            Assert.Equal("second", Setup.ServiceProvider.GetRequiredService<string>());
            new DicomSetupBuilder().Build();
        }

        [Fact]
        public void ErrorsAreAnnouncedBeforeTheyAreThrown()
        {
            DicomException? announced = null;
            EventHandler<DicomExceptionEventArgs> note = (_, args) => announced = args.Exception;
            DicomException.OnException += note;
            DicomDataException thrown = Assert.Throws<DicomDataException>(() => new DicomDataset().GetString(DicomTag.PatientID));
            DicomException.OnException -= note;

            Assert.Same(thrown, announced);
        }
    }
}
